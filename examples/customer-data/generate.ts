import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { drawHousehold } from '#examples/customer-data/population/households.ts'
import { drawDealers } from '#examples/customer-data/population/outsiders.ts'
import { drawContracts } from '#examples/customer-data/records/contracts.ts'
import { type CustomerLine, toLine } from '#examples/customer-data/records/to-line.ts'
import { personaLines } from './personas.ts'
import { createRandom } from './random.ts'

/** A line with its truth: `holderId` is the same for all records that name one person. */
export type LabelledLine = { readonly line: CustomerLine; readonly holderId: string }

/** Given-back numbers that wait for somebody else. */
const RECYCLED = 200

/**
 * Draws synthetic Belgian households, one after the other, and the records they left with four service lines.
 * Endless, in constant memory; each household has its own stream of choices, so that a change in one leaves the
 * others as they were.
 */
export function* drawRecords(seed: number): Generator<LabelledLine> {
  const world = { dealers: drawDealers(String(seed)) }
  const recycled: string[] = []
  let serial = 0
  for (let household = 1; ; household += 1) {
    const random = createRandom(`${seed}/household/${household}`)
    const home = drawHousehold(random, `h${household}`)
    for (const contract of drawContracts(random, world, home)) {
      serial += 1
      const line = toLine(random, contract, { serial, recycledMobile: recycled[random.int(0, RECYCLED - 1)] })
      yield { line, holderId: contract.holder.id }
    }
    for (const { formerMobile } of home.adults) {
      if (formerMobile !== undefined) recycled[random.int(0, RECYCLED - 1)] = formerMobile
    }
  }
}

/**
 * Synthetic customer records: first those of the simulator's personas, then those of a drawn population.
 * The same options give the same objects, on every machine.
 * @param options `customers` is the number of records in all; those of the personas are always whole
 */
export function* generateCustomers(options: { seed: number; customers: number }): Generator<CustomerLine> {
  const personas = personaLines()
  yield* personas
  let left = options.customers - personas.length
  if (left <= 0) return
  for (const { line } of drawRecords(options.seed)) {
    yield line
    left -= 1
    if (left === 0) return
  }
}

const wholeNumber = (text: string, option: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`--${option} must be a whole number`)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '4' }, customers: { type: 'string', default: '20000' } },
  })
  const options = {
    seed: wholeNumber(values.seed, 'seed'),
    customers: wholeNumber(values.customers, 'customers'),
  }
  for (const line of generateCustomers(options)) {
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain')
  }
}

if (import.meta.main) {
  // Whoever reads may have enough (`| head`): that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  await main().catch((error: Error) => {
    process.stderr.write(`generate: ${error.message}\n`)
    process.exitCode = 1
  })
}

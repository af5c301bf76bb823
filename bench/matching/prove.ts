import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { toGround, toLevel, wholeNumber } from '#examples/customer-data/options.ts'
import type { GroundName } from '#examples/customer-data/population/grounds.ts'
import type { Level } from '#examples/customer-data/world.ts'
import { type Proof, proveLevel } from './prove-level.ts'
import { recordRecall, type Score, wrongShare } from './score.ts'

const FRESH_SEEDS = 2 ** 31

type Options = {
  readonly seed: number
  readonly records: number
  readonly identities?: number
  readonly level: Level
  readonly ground: GroundName
  readonly keep?: string
}

const parse = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      records: { type: 'string', default: '100000' },
      identities: { type: 'string' },
      level: { type: 'string', default: 'medium' },
      ground: { type: 'string', default: 'usual' },
      keep: { type: 'string' },
    },
  })
  const { seed, identities, keep } = values
  return {
    seed: seed === undefined ? randomInt(FRESH_SEEDS) : wholeNumber(seed, 'seed'),
    records: wholeNumber(values.records, 'records'),
    ...(identities !== undefined && { identities: wholeNumber(identities, 'identities') }),
    level: toLevel(values.level),
    ground: toGround(values.ground),
    ...(keep !== undefined && { keep }),
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

const row = (name: string, score: Score): string =>
  [
    name.padEnd(26),
    `${score.links.toLocaleString('en')} links`.padStart(16),
    `${score.wrong.toLocaleString('en')} wrong`.padStart(14),
    `(${percent(wrongShare(score))})`.padStart(11),
    `${percent(recordRecall(score))} of records`.padStart(21),
  ].join('')

const tableOf = ({ pias, baselines }: Proof): string =>
  [row('PIAS', pias), ...Object.entries(baselines).map(([name, score]) => row(name, score)), ''].join('\n')

const main = async (): Promise<void> => {
  const options = parse(process.argv.slice(2))
  const { seed, level, ground, records, keep } = options
  process.stdout.write(`${records.toLocaleString('en')} records, ${level}, ${ground} ground, --seed ${seed}\n`)
  const out = keep ?? (await mkdtemp(join(tmpdir(), 'proving-ground-')))
  try {
    const proof = await proveLevel({ ...options, out, stdio: 'inherit' })
    process.stdout.write(`\n${tableOf(proof)}`)
    if (proof.pias.wrong > 0) process.exitCode = 1
  } finally {
    if (keep === undefined) await rm(out, { recursive: true })
  }
}

await main().catch((error: Error) => {
  process.stderr.write(`matching:prove: ${error.message}\n`)
  process.exitCode = 2
})

// Started by import-memory.test.ts, in a process of its own: nothing else is in its memory. Imports as many lines as are
// asked for three times over, into a store of a folder; says how many bytes are in use after each third, and what came of it.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'
import { recordForm } from '#test/support/record-form.ts'

const BATCH = 500
/** Lines after the last look, so that as many are under way as at the others. */
const MORE = 2 * BATCH

const SYLLABLES = ['ba', 'ko', 'li', 'mer', 'tun', 'vas', 'den', 'hof']
const nameOf = (at: number): string => [at, at >> 3, at >> 6].map(part => SYLLABLES[part % SYLLABLES.length]).join('')

/** A file that is never in memory as a whole: lines of as many people, one in ten of which is rejected. */
async function* drawFile(lines: number): AsyncGenerator<string> {
  for (let at = 0; at < lines; at += 1) {
    const line = {
      customerId: `MOB-${at}`,
      serviceLine: at % 10 === 0 ? 'nothing' : 'mobile',
      firstName: nameOf(at),
      lastName: nameOf(at * 7),
      birthDate: `19${50 + (at % 50)}-0${1 + (at % 9)}-1${at % 10}`,
      emails: [`${nameOf(at)}.${at}@example.net`],
      phones: [`047${1_000_000 + at}`],
      address: { street: `${nameOf(at * 3)}straat`, number: String(at % 200), postalCode: '9000', locality: 'Gent' },
      formerAddresses: [{ street: 'Dorp', number: String(at % 90), postalCode: '2000', locality: 'Antwerpen' }],
      invoiceReferences: [`INV-${at}/001`, `INV-${at}/002`],
      role: 'holder',
      language: 'nl',
    }
    yield `${JSON.stringify(line)}\n`
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is in use once nothing is kept that nobody needs, in bytes. */
const inUse = (): number => {
  // Code that has not run for some collections is thrown away, too: that has happened by then.
  for (let times = 0; times < 10; times += 1) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const [dir = '', perThird = '0'] = process.argv.slice(2)
const third = Number(perThird)
const store = await encryptTestStore(await openSqliteStore({ dataDir: dir, clock: Date.now }), { clock: Date.now, dir })
const kept: number[] = []
let rejected = 0
const { lines } = await importCustomers({
  input: drawFile(3 * third + MORE),
  prepare: createPrepareLines({ ...store, form: recordForm }),
  write: store.customers.write,
  clock: Date.now,
  batchSize: BATCH,
  rejects: () => {
    rejected += 1
  },
  onProgress: at => {
    if (at.lines % third === 0) kept.push(inUse())
  },
})
await store.close()
process.stdout.write(JSON.stringify({ kept, lines, rejected, more: MORE }))

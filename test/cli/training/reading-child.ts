// Started by stood-still.test.ts: reads the base on MongoDB as a training does, in small pages. Stops itself in the middle
// of a call, so that its time is over before the answer is read, and says so before.
import { readBase } from '#src/cli/training/read-base.ts'
import { createSavedReadings } from '#src/cli/training/saved-reading.ts'
import { openMongoStore } from '#src/store/mongo/open.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'

const [url = '', database = ''] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const store = await openMongoStore({ url, database, clock: Date.now })
let pages = 0
const page: CustomersPort['page'] = query => {
  pages += 1
  if (pages === 3) say('asking')
  const asked = store.customers.page(query)
  if (pages === 3) process.kill(process.pid, 'SIGSTOP')
  return asked
}
try {
  const saved = createSavedReadings(store.keys)
  const deps = { customers: { ...store.customers, page }, saved, clock: Date.now, normaliser: 'n' }
  const { sample } = await readBase({ ...deps, pageSize: 50 })
  say(`read ${sample.records}`)
} catch (error) {
  say(`failed: ${(error as { code?: string }).code}`)
}
await store.close()

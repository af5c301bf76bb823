// Started by data-migration.test.ts: runs the example's migrations on the database that is named, slowly. Says each step
// and each batch on a line of its own.
import { MongoClient } from 'mongodb'
import { migrateUp } from '#src/store/mongo/schema/migrate.ts'
import { createExample } from './data-migration.ts'

const [url = '', database = '', lifeMs = '0', pauseMs = '0'] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const client = new MongoClient(url)
const migrations = createExample({ pauseMs: Number(pauseMs), onBatch: count => say(`batch ${count}`) })
try {
  await migrateUp(client.db(database), { waitMs: 0, lifeMs: Number(lifeMs), onStep: say, migrations })
  say('done')
} catch (error) {
  say(`failed: ${(error as { code?: string }).code}`)
}
await client.close()

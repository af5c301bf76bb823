import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import type { Children } from './children.ts'
import { outputOf } from './output-of.ts'

const SEED = '4'
const COUNT = '20000'

/** A login from before itsme, which one of the personas has. */
const oldAccounts = (root: string): string => join(root, 'examples', 'customer-data', 'old-accounts.jsonl')

/** Changes with the customers that a start promises. */
const edition = (root: string): string => {
  const personas = readFileSync(join(root, 'examples', 'customer-data', 'personas.json'))
  const accounts = readFileSync(oldAccounts(root))
  const digest = createHash('sha256').update(personas).update(accounts).digest('hex').slice(0, 16)
  return `seed ${SEED}, ${COUNT} records, personas ${digest}\n`
}

/**
 * Whether the store, which may be shared with other folders and other machines, lacks customers of this edition. How
 * many it has tells; the mark in the folder only tells that they are of an older edition.
 */
const areMissing = async (
  children: Pick<Children, 'run'>,
  options: { mark: string; wanted: string; env: Record<string, string> },
): Promise<boolean> => {
  const { mark, wanted, env } = options
  if (existsSync(mark) && readFileSync(mark, 'utf8') !== wanted) return true
  const counter = { name: 'The count of customers', script: 'src/cli/pias.ts', args: ['customers', 'count'], env }
  return Number(await outputOf(children, counter)) < Number(COUNT)
}

/**
 * Generates the synthetic customers and imports them, unless the configured store has them: they survive a restart. May
 * be interrupted: importing again changes nothing that is there.
 * @param options.dataDir of PIAS; a folder that exists
 * @param options.announce told before it begins, as it takes some seconds
 * @throws Error when one of the programs fails
 */
export const seedCustomers = async (
  children: Pick<Children, 'run'>,
  options: { root: string; dataDir: string; announce: (text: string) => void },
): Promise<void> => {
  const { root, dataDir } = options
  const env = { PIAS_DATA_DIR: dataDir }
  const mark = join(dataDir, 'synthetic-customers.txt')
  const wanted = edition(root)
  if (!(await areMissing(children, { mark, wanted, env }))) return

  options.announce(`Preparing ${Number(COUNT).toLocaleString('en')} synthetic customers, the first time only…`)
  const folder = join(dataDir, 'synthetic-customers')
  const generator = {
    name: 'The generator of customers',
    script: 'examples/customer-data/generate.ts',
    args: ['--seed', SEED, '--records', COUNT, '--personas', '--out', folder],
  }
  await children.run(generator, createWriteStream(devNull))
  const importer = {
    name: 'The import of customers',
    script: 'src/cli/pias.ts',
    args: ['customers', 'import', join(folder, 'customers.jsonl')],
    env,
  }
  await children.run(importer, createWriteStream(devNull))
  const accounts = {
    name: 'The import of old accounts',
    script: 'src/cli/pias.ts',
    args: ['accounts', 'import', oldAccounts(root), '--rejects', join(dataDir, 'old-accounts.rejects.jsonl')],
    env,
  }
  await children.run(accounts, createWriteStream(devNull))
  writeFileSync(mark, wanted)
}

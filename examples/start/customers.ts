import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import type { Children } from './children.ts'

const SEED = '4'
const COUNT = '20000'

/** Changes with the customers that a start promises. */
const edition = (root: string): string => {
  const personas = readFileSync(join(root, 'examples', 'customer-data', 'personas.json'))
  return `seed ${SEED}, ${COUNT} records, personas ${createHash('sha256').update(personas).digest('hex').slice(0, 16)}\n`
}

/**
 * Generates the synthetic customers and imports them, unless these very ones were imported before: the data survive a
 * restart. May be interrupted: importing again changes nothing that is there.
 * @param options.dataDir of PIAS; a folder that exists
 * @param options.announce told before it begins, as it takes some seconds
 * @throws Error when one of the two programs fails
 */
export const seedCustomers = async (
  children: Pick<Children, 'run'>,
  options: { root: string; dataDir: string; announce: (text: string) => void },
): Promise<void> => {
  const { root, dataDir } = options
  const mark = join(dataDir, 'synthetic-customers.txt')
  const wanted = edition(root)
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return

  options.announce(`Preparing ${Number(COUNT).toLocaleString('en')} synthetic customers, the first time only…`)
  const file = join(dataDir, 'synthetic-customers.jsonl')
  const generator = {
    name: 'The generator of customers',
    script: 'examples/customer-data/generate.ts',
    args: ['--seed', SEED, '--customers', COUNT],
  }
  await children.run(generator, createWriteStream(`${file}.part`))
  renameSync(`${file}.part`, file)
  const importer = {
    name: 'The import of customers',
    script: 'src/cli/pias.ts',
    args: ['customers', 'import', file, '--data-dir', dataDir],
  }
  await children.run(importer, createWriteStream(devNull))
  writeFileSync(mark, wanted)
}

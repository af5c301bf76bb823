import { chmod, readFile } from 'node:fs/promises'
import { type CopyReport, checkCopy } from '#src/backup/check-copy.ts'
import { parseLedger } from '#src/backup/ledger.ts'
import { type Outcome, refused } from '#src/cli/outcome.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { backUpStore, openCopy } from '#src/store/copies.ts'

const ITS_OWN_TOOLS = 'MongoDB is backed up by its own tools (docs/how-to-backup.md); Redis is not backed up'

/** `backup make`: writes a copy of the embedded store, while nodes go on. Refused for a store with tools of its own. */
export const makeBackup = async (terminal: Terminal, file: string): Promise<Outcome> => {
  const { store, dataDir } = terminal.loadConfig()
  if (!(await backUpStore(file, store, { clock: terminal.clock, dataDir })))
    return refused('other-tools', ITS_OWN_TOOLS)
  await chmod(file, 0o600)
  return { value: { file }, text: `${file} made; it opens with the key-encryption key only, which is not in it\n` }
}

const summaryOf = ({ problems: _, ...counts }: CopyReport): string =>
  Object.entries(counts)
    .map(([what, count]) => `${grouped(count)} ${what}`)
    .join(', ')

/**
 * `backup check`: says whether a copy is whole; `wrong` when it is not.
 * @throws what the copy and the key-encryption key throw when they cannot be opened
 */
export const checkBackup = async (
  terminal: Terminal,
  place: string | undefined,
  options: { ledger?: string },
): Promise<Outcome> => {
  const { clock } = terminal
  const config = terminal.loadConfig()
  const ledger = options.ledger === undefined ? undefined : parseLedger(await readFile(options.ledger, 'utf8'))
  const kek = await openKek(config.kek, { dataDir: config.dataDir, make: false })
  const copy = await openCopy(place, config.store, { clock, dataDir: config.dataDir })
  try {
    const report = await checkCopy({ copy, kek, clock, ...(ledger !== undefined && { ledger }) })
    const { problems } = report
    const whole = ledger === undefined ? 'whole, but for erasures since it was made (--ledger)\n' : 'whole\n'
    const found = problems.length === 0 ? whole : problems.map(problem => `not whole: ${problem}\n`).join('')
    const text = `${summaryOf(report)}\n${found}`
    return { value: report, text, ...(problems.length > 0 && { end: 'wrong' }) }
  } finally {
    await copy.close()
  }
}

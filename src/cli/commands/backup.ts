import { chmod, readFile } from 'node:fs/promises'
import { type CopyReport, checkCopy } from '#src/backup/check-copy.ts'
import { parseLedger } from '#src/backup/ledger.ts'
import { grouped, refuse, type Terminal } from '#src/cli/terminal.ts'
import { openKek } from '#src/crypto/kek/registry.ts'
import { backUpStore, openCopy } from '#src/store/registry.ts'

const ITS_OWN_TOOLS = 'MongoDB is backed up by its own tools (docs/how-to-backup.md); Redis is not backed up'

/** `backup make`: writes a copy of the embedded store, while nodes go on. Exit code 2 for a store with tools of its own. */
export const makeBackup = async (terminal: Terminal, file: string): Promise<void> => {
  const { store, dataDir } = terminal.loadConfig()
  if (!(await backUpStore(file, store, { clock: terminal.clock, dataDir }))) return refuse(terminal, ITS_OWN_TOOLS)
  await chmod(file, 0o600)
  terminal.stdout.write(`${file} made; it opens with the key-encryption key only, which is not in it\n`)
}

const summaryOf = ({ problems: _, ...counts }: CopyReport): string =>
  Object.entries(counts)
    .map(([what, count]) => `${grouped(count)} ${what}`)
    .join(', ')

/**
 * `backup check`: says whether a copy is whole. Exit code 2 when it is not.
 * @throws what the copy and the key-encryption key throw when they cannot be opened
 */
export const checkBackup = async (
  terminal: Terminal,
  place: string | undefined,
  options: { ledger?: string },
): Promise<void> => {
  const { clock, stdout } = terminal
  const config = terminal.loadConfig()
  const ledger = options.ledger === undefined ? undefined : parseLedger(await readFile(options.ledger, 'utf8'))
  const kek = await openKek(config.kek, { dataDir: config.dataDir, make: false })
  const copy = await openCopy(place, config.store, { clock, dataDir: config.dataDir })
  try {
    const report = await checkCopy({ copy, kek, clock, ...(ledger !== undefined && { ledger }) })
    stdout.write(`${summaryOf(report)}\n`)
    for (const problem of report.problems) stdout.write(`not whole: ${problem}\n`)
    if (report.problems.length > 0) return terminal.setExitCode(2)
    stdout.write(ledger === undefined ? 'whole, but for erasures since it was made (--ledger)\n' : 'whole\n')
  } finally {
    await copy.close()
  }
}

import type { Terminal } from '#src/cli/terminal.ts'
import type { MigrationStatus, MigrationsPort } from '#src/store/ports/migrations.ts'
import { openMigrations } from '#src/store/registry.ts'

const ITSELF = 'the embedded store brings itself up to date whenever it is opened\n'

const isPending = ({ state }: MigrationStatus): boolean => state === 'pending' || state === 'begun'

const withMigrations = async (terminal: Terminal, run: (migrations: MigrationsPort) => Promise<void>) => {
  const migrations = await openMigrations(terminal.loadConfig().store)
  if (migrations === undefined) {
    terminal.stdout.write(ITSELF)
    return
  }
  try {
    await run(migrations)
  } finally {
    await migrations.close()
  }
}

const lineOf = ({ version, name, state, remaining }: MigrationStatus): string => {
  const left = remaining.length > 0 ? `, ${remaining.length} steps to do` : ''
  return `${String(version).padStart(4, '0')} ${name}: ${state}${left}\n`
}

/**
 * `migrate status`: one line for each migration. Exit code 2 when something is pending, so that a script can tell.
 * @throws `store.unusable` when the database cannot be reached
 */
export const migrateStatus = (terminal: Terminal): Promise<void> =>
  withMigrations(terminal, async migrations => {
    const all = await migrations.list()
    for (const migration of all) terminal.stdout.write(lineOf(migration))
    if (all.some(isPending)) terminal.setExitCode(2)
  })

/**
 * `migrate up`: does what is pending and tells each step; with `dryRun` it only tells them.
 * @throws `store.unusable` when the database cannot be reached, `store.unavailable` while another one migrates it
 */
export const migrateUp = (terminal: Terminal, { dryRun = false }: { dryRun?: boolean }): Promise<void> =>
  withMigrations(terminal, async migrations => {
    const pending = (await migrations.list()).filter(isPending)
    if (pending.length === 0) {
      terminal.stdout.write('nothing to do\n')
      return
    }
    if (!dryRun) return migrations.apply(step => terminal.stdout.write(`${step}\n`))
    for (const { version, name, remaining } of pending) {
      for (const step of remaining) terminal.stdout.write(`would do ${version} ${name}: ${step}\n`)
    }
  })

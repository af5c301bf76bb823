import type { Outcome } from '#src/cli/outcome.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import type { MigrationStatus, MigrationsPort } from '#src/store/ports/migrations.ts'
import { openMigrations } from '#src/store/registry.ts'

/** The embedded store has none to tell. */
const ITSELF: Outcome = {
  value: { migrations: [] },
  text: 'the embedded store brings itself up to date whenever it is opened\n',
}

const isPending = ({ state }: MigrationStatus): boolean => state === 'pending' || state === 'begun'

const withMigrations = async (
  terminal: Terminal,
  run: (migrations: MigrationsPort) => Promise<Outcome>,
): Promise<Outcome> => {
  const migrations = await openMigrations(terminal.loadConfig().store, terminal.clock)
  if (migrations === undefined) return ITSELF
  try {
    return await run(migrations)
  } finally {
    await migrations.close()
  }
}

const lineOf = ({ version, name, state, remaining }: MigrationStatus): string => {
  const left = remaining.length > 0 ? `, ${remaining.length} steps to do` : ''
  return `${String(version).padStart(4, '0')} ${name}: ${state}${left}\n`
}

/**
 * `migrate status`: one line for each migration; `pending` when something is, so that a script can tell.
 * @throws `store.unusable` when the database cannot be reached
 */
export const migrateStatus = (terminal: Terminal): Promise<Outcome> =>
  withMigrations(terminal, async port => {
    const migrations = await port.list()
    const text = migrations.map(lineOf).join('')
    return { value: { migrations }, text, ...(migrations.some(isPending) && { end: 'pending' }) }
  })

/**
 * `migrate up`: does what is pending and tells each step as it begins; with `dryRun` it only tells them. The value holds
 * all migrations as they are then.
 * @throws `store.unusable` when the database cannot be reached, `store.unavailable` while another one migrates it
 */
export const migrateUp = (terminal: Terminal, { dryRun = false }: { dryRun?: boolean }): Promise<Outcome> =>
  withMigrations(terminal, async port => {
    const migrations = await port.list()
    const pending = migrations.filter(isPending)
    if (pending.length === 0) return { value: { migrations, steps: [] }, text: 'nothing to do\n' }
    const steps: string[] = []
    if (dryRun) {
      for (const { version, name, remaining } of pending)
        steps.push(...remaining.map(step => `${version} ${name}: ${step}`))
      return { value: { migrations, steps }, text: steps.map(step => `would do ${step}\n`).join('') }
    }
    await port.apply(terminal.operator, step => {
      steps.push(step)
      terminal.stderr.write(`${step}\n`)
    })
    return { value: { migrations: await port.list(), steps }, text: `${grouped(steps.length)} steps done\n` }
  })

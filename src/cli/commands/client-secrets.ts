import { isConfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { type ClientManagement, createClientManagement } from '#src/clients/client-management.ts'
import { openClientFiles } from '#src/clients/client-registry.ts'

const DAY_MS = 24 * 3600 * 1000
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Runs a command on the clients of the files and the store a node would run with here. */
const withClients = async <T>(terminal: Terminal, run: (clients: ClientManagement) => Promise<T>): Promise<T> => {
  const { clock, defaultDataDir: dataDir } = terminal
  const { clientsDir: dir, environment } = terminal.loadConfig()
  const files = openClientFiles({ dir, environment, clock, logger: SILENT })
  return withStore({ terminal, dataDir }, ({ clients }) =>
    run(createClientManagement({ clients, fileOf: files.find, clock })),
  )
}

const daysOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** `clients secret add`: the secret on standard output, its id beside it. Exit code 2 when there may be no other. */
export const addClientSecret = async (
  terminal: Terminal,
  clientId: string,
  options: { expires?: string },
): Promise<void> => {
  const days = daysOf(options.expires)
  if (days !== undefined && !(days > 0 && days <= 3650)) return refuse(terminal, '--expires takes a number of days')
  const expiry = days === undefined ? {} : { expiresAt: terminal.clock() + days * DAY_MS }
  const added = await withClients(terminal, clients =>
    clients.addSecret({ clientId, by: terminal.operator, ...expiry }),
  )
  if (added.kind === 'unknown') return refuse(terminal, `there is no app ${clientId}`)
  if (added.kind === 'full') return refuse(terminal, 'two secrets are good already: remove one first')
  terminal.stdout.write(`${added.secret}\n`)
  terminal.stderr.write(`its id is ${added.stored.id}; it counts within a second, and is not shown again\n`)
}

const timeOf = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString())

/** `clients secret list`: one line a secret: its id, since when, until when, last used when. */
export const listClientSecrets = async (terminal: Terminal, clientId: string): Promise<void> => {
  const secrets = await withClients(terminal, clients => clients.listSecrets(clientId))
  for (const { id, createdAt, expiresAt, lastUsedAt } of secrets) {
    terminal.stdout.write(`${id} since ${timeOf(createdAt)} until ${timeOf(expiresAt)} used ${timeOf(lastUsedAt)}\n`)
  }
}

/** `clients secret remove`. Exit code 2 when there is no such secret in the store, or nobody confirms it. */
export const removeClientSecret = async (
  terminal: Terminal,
  { clientId, secretId, yes }: { clientId: string; secretId: string; yes?: true },
): Promise<void> => {
  const what = `makes the secret ${secretId} of ${clientId} good for nothing; this cannot be undone`
  if (!(await isConfirmed(terminal, { yes, what, name: secretId }))) return
  const removed = await withClients(terminal, clients =>
    clients.removeSecret({ clientId, secretId, by: terminal.operator }),
  )
  if (!removed)
    return refuse(terminal, `the store has no secret ${secretId} of ${clientId}; one of a file is removed there`)
  terminal.stdout.write('removed; it is good for nothing within a second\n')
}

import { clientFilesOf } from '#src/cli/client-files.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome, refused, unusable } from '#src/cli/outcome.ts'
import { type Terminal, timeOf } from '#src/cli/terminal.ts'
import { type ClientManagement, createClientManagement } from '#src/clients/client-management.ts'

const DAY_MS = 24 * 3600 * 1000

/** Runs a command on the clients of the files and the store a node would run with here. */
const withClients = async <T>(terminal: Terminal, run: (clients: ClientManagement) => Promise<T>): Promise<T> => {
  const { clock } = terminal
  const files = clientFilesOf(terminal)
  return withStore({ terminal }, ({ clients }) => run(createClientManagement({ clients, fileOf: files.find, clock })))
}

const daysOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** `clients secret add`: the secret on standard output, its id beside it. Refused where there may be no other. */
export const addClientSecret = async (
  terminal: Terminal,
  clientId: string,
  options: { expires?: string },
): Promise<Outcome> => {
  const days = daysOf(options.expires)
  if (days !== undefined && !(days > 0 && days <= 3650)) return unusable('--expires takes a number of days')
  const expiry = days === undefined ? {} : { expiresAt: terminal.clock() + days * DAY_MS }
  const added = await withClients(terminal, clients =>
    clients.addSecret({ clientId, by: terminal.operator, ...expiry }),
  )
  if (added.kind === 'unknown') return notFound(`there is no app ${clientId}`)
  if (added.kind === 'past') return unusable('--expires takes a number of days')
  if (added.kind === 'full') return refused('full', 'two secrets are valid already: remove one first')
  const { id } = added.stored
  return {
    value: { secret: added.secret, id, ...expiry },
    text: `${added.secret}\n`,
    note: `its id is ${id}; it counts within a second, and is not shown again\n`,
  }
}

/** `clients secret list`: one line a secret: its id, since when, until when, last used when. */
export const listClientSecrets = async (terminal: Terminal, clientId: string): Promise<Outcome> => {
  const secrets = await withClients(terminal, clients => clients.listSecrets(clientId))
  return {
    lines: secrets.map(({ id, createdAt, expiresAt, lastUsedAt }) => ({
      value: { id, createdAt, expiresAt, lastUsedAt },
      text: `${id} since ${timeOf(createdAt)} until ${timeOf(expiresAt)} used ${timeOf(lastUsedAt)}\n`,
    })),
  }
}

/** `clients secret remove`. Refused where there is no such secret in the store, or nobody confirms it. */
export const removeClientSecret = async (
  terminal: Terminal,
  { clientId, secretId, yes }: { clientId: string; secretId: string; yes?: true },
): Promise<Outcome> => {
  const what = `revokes the secret ${secretId} of ${clientId}; this cannot be undone`
  const stop = await unconfirmed(terminal, { yes, what, name: secretId })
  if (stop !== undefined) return stop
  const removed = await withClients(terminal, clients =>
    clients.removeSecret({ clientId, secretId, by: terminal.operator }),
  )
  if (!removed) return notFound(`the store has no secret ${secretId} of ${clientId}; one of a file is removed there`)
  return { value: { clientId, id: secretId }, text: 'removed; it stops working within a second\n' }
}

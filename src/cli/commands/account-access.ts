import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createConsents } from '#src/accounts/consents.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import type { AccountId } from '#src/kernel/identity.ts'

const DONE = {
  block: 'blocked; its logins have ended, the apps are being told\n',
  unblock: 'may log in again\n',
  'revoke-sessions': 'its logins have ended, the apps are being told\n',
} as const

/** What `accounts` can do. */
export type AccountCommand = keyof typeof DONE

/**
 * `accounts block|unblock|revoke-sessions`: by the account's id, which is the `sub` of apps without a sector. Nodes go on
 * running and know at once. Exit code 2 when there is no such account.
 */
export const changeAccountAccess = async (
  terminal: Terminal,
  command: AccountCommand,
  { id, dataDir }: { id: string; dataDir: string },
): Promise<void> => {
  const existed = await withStore({ terminal, dataDir }, ({ accounts, logouts }) => {
    const access = createAccountAccess({ accounts, logouts, clock: terminal.clock })
    const run = { block: access.block, unblock: access.unblock, 'revoke-sessions': access.endLogins }[command]
    return run(id as AccountId)
  })
  if (!existed) return refuse(terminal, 'there is no such account')
  terminal.stdout.write(DONE[command])
}

/** `accounts consents`: what the person lets apps have, an app a line: its id, since when, and the scopes. */
export const listConsents = async (
  terminal: Terminal,
  { id, dataDir }: { id: string; dataDir: string },
): Promise<void> => {
  const consents = await withStore({ terminal, dataDir }, store => store.consents.list(id as AccountId))
  for (const { clientId, since, scopes } of consents) {
    terminal.stdout.write(`${clientId} ${new Date(since).toISOString()} ${scopes.join(' ')}\n`)
  }
}

/** `accounts withdraw-consent`: takes back what an app may have. Exit code 2 when it may have nothing. */
export const withdrawConsent = async (
  terminal: Terminal,
  { id, clientId, dataDir }: { id: string; clientId: string; dataDir: string },
): Promise<void> => {
  const existed = await withStore({ terminal, dataDir }, store =>
    createConsents({ ...store, clock: terminal.clock }).withdraw(id as AccountId, clientId),
  )
  if (!existed) return refuse(terminal, 'there is no such consent')
  terminal.stdout.write('taken back; what rests on it is worth nothing\n')
}

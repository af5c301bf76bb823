import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createConsents } from '#src/accounts/consents.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome } from '#src/cli/outcome.ts'
import { type Terminal, timeOf } from '#src/cli/terminal.ts'
import type { AccountId } from '#src/kernel/identity.ts'

const DONE = {
  block: 'blocked; its logins have ended, the apps are being told\n',
  unblock: 'may log in again\n',
  'revoke-sessions': 'its logins have ended, the apps are being told\n',
} as const

/** What `accounts` can do. */
export type AccountCommand = keyof typeof DONE

/** What is asked before; nobody is harmed where there is nothing. */
const DANGERS: Partial<Record<AccountCommand, string>> = {
  block: 'lets nobody in any more and ends all logins',
  'revoke-sessions': 'ends all logins, at PIAS and at the apps,',
}

/**
 * `accounts block|unblock|revoke-sessions`: by the account's id, which is the `sub` of apps without a sector. Nodes go on
 * running and know at once; the account's timeline says who did it and why. Refused where there is no such account, or nobody confirms what ends logins.
 */
export const changeAccountAccess = (
  terminal: Terminal,
  command: AccountCommand,
  { id, dataDir, reason, yes }: { id: string; dataDir: string; reason: string; yes?: true },
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async ({ accounts, logouts }) => {
    const danger = DANGERS[command]
    const exists = (await accounts.find(id as AccountId)) !== undefined
    const stop =
      exists && danger
        ? await unconfirmed(terminal, { yes, what: `${danger} of the account ${id}`, name: id })
        : undefined
    if (stop !== undefined) return stop
    const access = createAccountAccess({ accounts, logouts, clock: terminal.clock })
    const run = { block: access.block, unblock: access.unblock, 'revoke-sessions': access.endLogins }[command]
    if (!(await run(id as AccountId, { by: terminal.operator, reason }))) return notFound('there is no such account')
    return { value: { account: id, done: command }, text: DONE[command] }
  })

/** `accounts consents`: what the person lets apps have, an app a line: its id, since when, and the scopes. */
export const listConsents = async (
  terminal: Terminal,
  { id, dataDir }: { id: string; dataDir: string },
): Promise<Outcome> => {
  const consents = await withStore({ terminal, dataDir }, store => store.consents.list(id as AccountId))
  return {
    lines: consents.map(({ clientId: client, since, scopes }) => ({
      value: { client, scopes, since },
      text: `${client} ${timeOf(since)} ${scopes.join(' ')}\n`,
    })),
  }
}

/** `accounts withdraw-consent`: withdraws the person’s consent for an app. Refused where it may have nothing, or nobody confirms it. */
export const withdrawConsent = async (
  terminal: Terminal,
  { id, clientId: client, dataDir, yes }: { id: string; clientId: string; dataDir: string; yes?: true },
): Promise<Outcome> => {
  const what = `withdraws what the account ${id} allowed the app ${client}; the tokens of the app stop working`
  const stop = await unconfirmed(terminal, { yes, what, name: client })
  if (stop !== undefined) return stop
  const existed = await withStore({ terminal, dataDir }, store =>
    createConsents({ ...store, clock: terminal.clock }).withdraw(id as AccountId, client, terminal.operator),
  )
  if (!existed) return notFound('there is no such consent')
  return { value: { account: id, client }, text: 'withdrawn; the tokens that rest on it no longer work\n' }
}

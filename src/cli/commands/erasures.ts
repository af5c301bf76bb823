import { readFile } from 'node:fs/promises'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { parseLedger, readErasures, replayErasures, toLedgerLine } from '#src/backup/ledger.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { streamFromStore, withStore } from '#src/cli/offline.ts'
import { notFound, type Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import type { AccountId } from '#src/kernel/identity.ts'

/**
 * `accounts erase`: destroys an account's data key and all that hangs on the account; its logins end, the apps are told.
 * Refused where there is none, or nobody confirms it.
 * @throws what the store throws
 */
export const eraseAccount = (
  terminal: Terminal,
  id: string,
  { reason, yes }: { reason: string; yes?: true },
): Promise<Outcome> =>
  withStore({ terminal }, async ({ accounts, logouts }) => {
    if ((await accounts.find(id as AccountId)) === undefined) return notFound('there is no such account')
    const what = `erases the account ${id}; this cannot be undone`
    const stop = await unconfirmed(terminal, { yes, what, name: id })
    if (stop !== undefined) return stop
    const by = terminal.operator
    await createAccountAccess({ accounts, logouts, clock: terminal.clock }).erase(id as AccountId, { by, reason })
    const text = 'erased. Export the ledger of erasures (pias erasures export) to where the backups are\n'
    return { value: { account: id }, text }
  })

/** `erasures export`: prints the ledger, one JSON object a line. @throws what the store throws */
export const exportErasures = (terminal: Terminal): Outcome => ({
  lines: streamFromStore({ terminal }, async function* ({ erasures }) {
    for await (const value of readErasures(erasures)) yield { value, text: toLedgerLine(value) }
  }),
})

/**
 * `erasures replay`: erases from a restored store what was erased after the backup. Refused where nobody confirms it.
 * @throws what the store throws
 */
export const replayLedger = async (terminal: Terminal, file: string, { yes }: { yes?: true }): Promise<Outcome> => {
  const ledger = parseLedger(await readFile(file, 'utf8'))
  const what = `erases the ${ledger.length} accounts of ${file}, as far as they are here; this cannot be undone`
  const stop = await unconfirmed(terminal, { yes, what, name: file })
  if (stop !== undefined) return stop
  const author = { clock: terminal.clock, by: terminal.operator }
  const { replayed, accounts } = await withStore({ terminal }, store => replayErasures(store, ledger, author))
  return { value: { replayed, accounts }, text: `${replayed} erasures replayed, ${accounts} accounts erased\n` }
}

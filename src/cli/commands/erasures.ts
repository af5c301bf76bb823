import { readFile } from 'node:fs/promises'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { parseLedger, readErasures, replayErasures, toLedgerLine } from '#src/backup/ledger.ts'
import { isConfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import type { AccountId } from '#src/kernel/identity.ts'

const withConfigured: <T>(terminal: Terminal, run: Parameters<typeof withStore<T>>[1]) => Promise<T> = (
  terminal,
  run,
) => withStore({ terminal, dataDir: terminal.defaultDataDir }, run)

/**
 * `accounts erase`: destroys an account's data key and all that hangs on the account; its logins end, the apps are told.
 * Exit code 2 when there is none, or nobody confirms it.
 * @throws what the store throws
 */
export const eraseAccount = (
  terminal: Terminal,
  id: string,
  { reason, yes }: { reason: string; yes?: true },
): Promise<void> =>
  withConfigured(terminal, async ({ accounts, logouts }) => {
    if ((await accounts.find(id as AccountId)) === undefined) return refuse(terminal, 'there is no such account')
    if (!(await isConfirmed(terminal, { yes, what: `erases the account ${id}; this cannot be undone`, name: id })))
      return
    await createAccountAccess({ accounts, logouts, clock: terminal.clock }).erase(id as AccountId, reason)
    terminal.stdout.write('erased. Export the ledger of erasures (pias erasures export) to where the backups are\n')
  })

/** `erasures export`: prints the ledger, one JSON object a line. @throws what the store throws */
export const exportErasures = (terminal: Terminal): Promise<void> =>
  withConfigured(terminal, async ({ erasures }) => {
    for await (const erasure of readErasures(erasures)) terminal.stdout.write(toLedgerLine(erasure))
  })

/** `erasures replay`: erases in a restored store what was erased since it was copied. @throws what the store throws */
export const replayLedger = async (terminal: Terminal, file: string): Promise<void> => {
  const ledger = parseLedger(await readFile(file, 'utf8'))
  const { replayed, accounts } = await withConfigured(terminal, store => replayErasures(store, ledger, terminal.clock))
  terminal.stdout.write(`${replayed} erasures replayed, ${accounts} accounts erased\n`)
}

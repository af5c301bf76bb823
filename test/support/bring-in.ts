import { importAccounts, type RejectedLine } from '#src/accounts/credentials/import-accounts.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Brings accounts from before itsme in, as the command does; fails where a line is rejected. */
export const bringIn = async (store: Store, ...lines: object[]): Promise<void> => {
  const rejected: RejectedLine[] = []
  await importAccounts({
    ...store,
    lines: (async function* () {
      for (const [at, one] of lines.entries())
        yield { kind: 'text' as const, number: at + 1, text: JSON.stringify({ customers: [], ...one }) }
    })(),
    clock: Date.now,
    newAccountId,
    rejects: line => {
      rejected.push(line)
    },
  })
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected))
}

import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { Erasure, ErasuresPort } from '#src/store/ports/erasures.ts'

const PAGE = 1000

/** The whole ledger of erasures of a store. */
export async function* readErasures(erasures: ErasuresPort): AsyncGenerator<Erasure> {
  let after = ''
  for (;;) {
    const page = await erasures.list({ after, limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = last.accountId
  }
}

/** An erasure as a line of an exported ledger. */
export const toLedgerLine = ({ accountId, erasedAt }: Erasure): string => `${JSON.stringify({ accountId, erasedAt })}\n`

const parseLine = (line: string): Erasure | undefined => {
  try {
    const { accountId, erasedAt } = JSON.parse(line) as Record<string, unknown>
    if (typeof accountId === 'string' && accountId !== '' && Number.isSafeInteger(erasedAt)) {
      return { accountId: accountId as AccountId, erasedAt: erasedAt as number }
    }
  } catch {
    // Told below, like any other line that is none.
  }
  return undefined
}

/**
 * Reads an exported ledger.
 * @throws PiasError `request.invalid` for a line that is none, by its number: half a ledger must not count as whole
 */
export const parseLedger = (text: string): readonly Erasure[] =>
  text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const erasure = parseLine(line)
    if (erasure === undefined) throw new PiasError('request.invalid', `line ${index + 1} is no erasure`)
    return [erasure]
  })

/**
 * Erases again what a restored store has not erased yet. Safe to run again.
 * @param author.by who does it, for the audit trail
 * @returns how many erasures were added to its ledger, and how many accounts were there
 */
export const replayErasures = async (
  store: { readonly accounts: Pick<AccountsPort, 'erase'>; readonly erasures: ErasuresPort },
  ledger: readonly Erasure[],
  { clock, by }: { readonly clock: Clock; readonly by: string },
): Promise<{ replayed: number; accounts: number }> => {
  const known = new Set<string>()
  for await (const { accountId } of readErasures(store.erasures)) known.add(accountId)
  const missing = ledger.filter(({ accountId }) => !known.has(accountId))
  let accounts = 0
  for (const { accountId, erasedAt } of missing) {
    const event = { at: clock(), type: 'account.erased', accountId, data: { replayed: true, erasedAt, by } }
    if (await store.accounts.erase({ id: accountId, erasedAt, events: [event] })) accounts += 1
  }
  return { replayed: missing.length, accounts }
}

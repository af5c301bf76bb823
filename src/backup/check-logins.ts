import type { Account, AccountSummary } from '#src/store/ports/accounts.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import type { Findings } from './findings.ts'

/** Whether the other ways into an account can be read: the login it had before itsme, and its passkeys. */
export const checkLogins = async (
  { credentials, passkeys }: DurableStore,
  { id }: AccountSummary,
  findings: Findings,
): Promise<void> => {
  try {
    await credentials.find(id)
  } catch {
    findings.add('accounts whose login from before itsme does not open', id)
  }
  try {
    await passkeys.list(id)
  } catch {
    findings.add('accounts whose passkeys do not open', id)
  }
}

/**
 * What apps know an account by must be kept for it: else an app could take one person for another.
 * @returns how many subjects there are
 */
export const checkSubjects = async (
  { credentials }: DurableStore,
  { id, subjects = {} }: Account,
  findings: Findings,
): Promise<number> => {
  const keys = Object.entries(subjects).map(([clientId, subject]) => ({ clientId, subject }))
  const known = await Promise.all(keys.map(credentials.isSubjectTaken))
  if (known.includes(false)) findings.add('accounts whose subjects at apps are not kept for them', id)
  return keys.length
}

import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CredentialsPort, StoredCredential } from '#src/store/ports/credentials.ts'
import { digestOf, identityOf, toAccountImport } from './account-import.ts'
import type { AccountLine } from './line-schema.ts'
import { encodeLogin } from './login-document.ts'
import type { LineFault } from './read-account-line.ts'

/** What became of a line. */
export type LineOutcome = 'inserted' | 'updated' | 'unchanged' | LineFault

export type TakeInDeps = {
  readonly credentials: CredentialsPort
  readonly accounts: Pick<AccountsPort, 'find' | 'findByIdentity' | 'ownersOf'>
  readonly clock: Clock
  readonly newAccountId: () => AccountId
}

const owned = (field: string): LineFault => ({ reason: 'belongs to another account already', field })

/** The form of an account's own id; a subject like this could be another person's. */
const LIKE_AN_ID = /^[\w-]{22}$/

const loginOf = ({ passwordHash }: AccountLine): string =>
  encodeLogin(passwordHash === undefined ? {} : { passwordHash })

/**
 * Takes lines in together, each `legacyId` once: those of new accounts in one transaction where nothing of them is taken,
 * which is nearly always, else one by one.
 * @returns what became of each, in their order
 */
export const createTakeInLines = ({ credentials, accounts, clock, newAccountId }: TakeInDeps) => {
  /** Whether an app would take a subject of the line for an account that is there. */
  const isOthersId = async ({ subs = {} }: AccountLine): Promise<boolean> => {
    const suspects = Object.values(subs).filter(subject => LIKE_AN_ID.test(subject))
    const found = await Promise.all(suspects.map(subject => accounts.find(subject as AccountId)))
    return found.some(account => account !== undefined)
  }

  /** What a line names that another account has; asked only where something was. */
  const explain = async (line: AccountLine): Promise<LineFault> => {
    const owners = await accounts.ownersOf(line.customers)
    const at = line.customers.findIndex(one => owners.has(customerKeyOf(one)))
    if (at >= 0) return owned(`customers[${at}]`)
    const identity = identityOf(line)
    if (identity !== undefined && (await accounts.findByIdentity(identity)) !== undefined) return owned('itsme')
    for (const [clientId, subject] of Object.entries(line.subs ?? {}))
      if (await credentials.isSubjectTaken({ clientId, subject })) return owned('subs')
    return owned('username')
  }

  const replace = async (line: AccountLine, known: StoredCredential): Promise<LineOutcome> => {
    const document = loginOf(line)
    const { username } = line
    if (digestOf(line) !== known.digest) return { reason: 'says something else of records, subs or itsme than before' }
    if (known.username === username && known.document === document) return 'unchanged'
    // The old login has ended: a newer export does not revive it.
    if (known.retiresAt !== undefined) return 'unchanged'
    const { accountId, legacyId, digest } = known
    const replaced = { accountId, legacyId, digest, document, ...(username !== undefined && { username }) }
    const event = { at: clock(), type: 'credential.replaced', accountId, data: { origin: 'import' } }
    return (await credentials.replace(replaced, [event])) === 'replaced' ? 'updated' : owned('username')
  }

  const toImport = (line: AccountLine) => toAccountImport(line, newAccountId(), clock())

  const insertOne = async (line: AccountLine): Promise<LineOutcome> => {
    if (await isOthersId(line)) return owned('subs')
    if ((await credentials.importMany([toImport(line)])) === 'imported') return 'inserted'
    // Another import may have been faster with the very line.
    const rival = (await credentials.findByLegacyIds([line.legacyId])).get(line.legacyId)
    return rival === undefined ? explain(line) : replace(line, rival)
  }

  return async (lines: readonly AccountLine[]): Promise<readonly LineOutcome[]> => {
    const known = await credentials.findByLegacyIds(lines.map(({ legacyId }) => legacyId))
    const fresh = lines.filter(({ legacyId }) => !known.has(legacyId))
    const suspicious = (await Promise.all(fresh.map(isOthersId))).includes(true)
    const all = suspicious ? 'taken' : await credentials.importMany(fresh.map(toImport))
    const outcomes: LineOutcome[] = []
    for (const line of lines) {
      const before = known.get(line.legacyId)
      if (before !== undefined) outcomes.push(await replace(line, before))
      else outcomes.push(all === 'imported' ? 'inserted' : await insertOne(line))
    }
    return outcomes
  }
}

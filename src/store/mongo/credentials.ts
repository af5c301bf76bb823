import type { AccountId } from '#src/kernel/identity.ts'
import { type Connection, LIMIT } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate, isTransient } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { CredentialsPort, StoredCredential } from '#src/store/ports/credentials.ts'
import type { Append } from './audit.ts'
import type { Collections, CredentialDocument } from './documents.ts'
import { IN_INDEX } from './survey.ts'

const RETRIES = 3

/** What a name is good for; of each app its own. */
export const LEGACY_ID = 'legacy'
export const USERNAME = 'username'
const SUBJECT = 'sub:'
const AFTER_SUBJECTS = 'sub;'
export const subjectAt = (clientId: string): string => `${SUBJECT}${clientId}`

const toCredential = ({ _id, ...rest }: CredentialDocument): StoredCredential => ({ accountId: _id, ...rest })

/** Accounts from before the upstream on MongoDB; what is theirs goes with them (erasures.ts). */
export const createCredentials = (
  { run, transact, transaction }: Connection,
  { credentials, names }: Pick<Collections, 'credentials' | 'names'>,
  append: Append,
): Omit<CredentialsPort, 'importMany' | 'bind'> => {
  const findByIds = async (ids: readonly AccountId[]): Promise<readonly StoredCredential[]> =>
    ids.length === 0 ? [] : (await credentials.find({ _id: { $in: [...ids] } }, LIMIT).toArray()).map(toCredential)

  const findByNames = async (scope: string, wanted: readonly string[]): Promise<readonly StoredCredential[]> => {
    if (wanted.length === 0) return []
    const found = names.find({ _id: { $in: wanted.map(name => ({ scope, name })) } }, LIMIT)
    return findByIds((await found.toArray()).map(({ accountId }) => accountId))
  }

  const replaceOnce = ({ accountId, username, document }: StoredCredential, events: readonly AuditEvent[]) =>
    transact(async session => {
      const options = { ...LIMIT, session }
      const change = username === undefined ? { $unset: { username: '' as const } } : { $set: { username } }
      const { matchedCount } = await credentials.updateOne(
        { _id: { $eq: accountId } },
        { ...change, $set: { ...('$set' in change ? change.$set : {}), document } },
        options,
      )
      if (matchedCount === 0) return 'gone' as const
      await names.deleteMany({ accountId: { $eq: accountId }, '_id.scope': { $eq: USERNAME } }, options)
      if (username !== undefined)
        await names.insertOne({ _id: { scope: USERNAME, name: username }, accountId }, options)
      await append(events, session)
      return 'replaced' as const
    })

  const retire = ({ accountId, retiresAt, events }: Parameters<CredentialsPort['retire']>[0]) =>
    transaction(RETRIES, async session => {
      const options = { ...LIMIT, session }
      const { matchedCount } = await credentials.updateOne(
        { _id: { $eq: accountId } },
        { $min: { retiresAt } },
        options,
      )
      if (matchedCount === 0) return false
      await append(events, session)
      return true
    })

  return {
    find: accountId => run(async () => (await findByIds([accountId]))[0]),
    findByUsername: username => run(async () => (await findByNames(USERNAME, [username]))[0]),
    findByLegacyIds: legacyIds =>
      run(async () => new Map((await findByNames(LEGACY_ID, legacyIds)).map(one => [one.legacyId, one]))),
    isSubjectTaken: ({ clientId, subject }) =>
      run(
        async () =>
          (await names.findOne({ _id: { $eq: { scope: subjectAt(clientId), name: subject } } }, LIMIT)) !== null,
      ),

    replace: (credential, events) =>
      run(async () => {
        try {
          return await retrying(RETRIES, isTransient, () => replaceOnce(credential, events))
        } catch (error) {
          if (isDuplicate(error)) return 'taken'
          throw error
        }
      }),

    retire,

    totals: () =>
      run(async () => {
        const [logins, subjects] = await Promise.all([
          credentials.countDocuments({}, IN_INDEX),
          // Of the whole key, whose first field decides.
          names.countDocuments(
            { _id: { $gte: { scope: SUBJECT, name: '' }, $lt: { scope: AFTER_SUBJECTS, name: '' } } },
            IN_INDEX,
          ),
        ])
        return { credentials: logins, subjects }
      }),
  }
}

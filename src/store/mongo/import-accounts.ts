import type { Connection } from '#src/store/mongo/connection/connection.ts'
import { isDuplicate, isRetryable } from '#src/store/mongo/connection/failures.ts'
import { retrying } from '#src/store/mongo/connection/retry.ts'
import type { AccountImport, CredentialsPort } from '#src/store/ports/credentials.ts'
import { identityId, toAccountDocument, toLinkDocument } from './accounts.ts'
import type { Append } from './audit.ts'
import { LEGACY_ID, subjectAt, USERNAME } from './credentials.ts'
import type { Collections, CredentialDocument, NameDocument } from './documents.ts'

/** Nobody waits at a page for an import: it may wait for its turn at what others are changing. */
const RETRIES = 20

const namesOf = ({ account, credential, subjects }: AccountImport): NameDocument[] => {
  const { legacyId, username } = credential
  const name = (scope: string, text: string) => ({ _id: { scope, name: text }, accountId: account.id })
  return [
    name(LEGACY_ID, legacyId),
    ...(username === undefined ? [] : [name(USERNAME, username)]),
    ...subjects.map(({ clientId, subject }) => name(subjectAt(clientId), subject)),
  ]
}

const toCredentialDocument = ({ account, credential }: AccountImport): CredentialDocument => ({
  _id: account.id,
  ...credential,
})

/** Brings accounts in, a batch in one transaction; for a connection that has time. */
export const createImportMany = (
  { run, transact }: Connection,
  { accounts, identities, links, credentials, names }: Collections,
  append: Append,
): CredentialsPort['importMany'] => {
  const importAll = (batch: readonly AccountImport[]) =>
    transact(async session => {
      const options = { session }
      const insert = async <Document>(
        collection: { insertMany(documents: Document[], options: object): Promise<unknown> },
        documents: Document[],
      ) => {
        if (documents.length > 0) await collection.insertMany(documents, options)
      }
      // The names first: where something is taken, most often it is one of them.
      await insert(names, batch.flatMap(namesOf))
      await insert(
        identities,
        batch.flatMap(({ account, identity }) =>
          identity === undefined ? [] : [{ _id: identityId(identity), accountId: account.id }],
        ),
      )
      await insert(
        links,
        batch.flatMap(({ account, customers }) =>
          customers.map(one => toLinkDocument(one, account.id, account.createdAt)),
        ),
      )
      await insert(
        accounts,
        batch.map(({ account, dataKey }) => toAccountDocument(account, dataKey)),
      )
      await insert(credentials, batch.map(toCredentialDocument))
      await append(
        batch.flatMap(({ events }) => events),
        session,
      )
    })

  return batch =>
    run(async () => {
      try {
        await retrying(
          RETRIES,
          error => isRetryable(error) && !isDuplicate(error),
          () => importAll(batch),
        )
        return 'imported'
      } catch (error) {
        if (isDuplicate(error)) return 'taken'
        throw error
      }
    })
}

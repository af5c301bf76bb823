import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountImport, CredentialsPort, StoredCredential, SubjectKey } from '#src/store/ports/credentials.ts'
import { createSealLink, createTokens, sealClaims, sealClaimsChange } from './accounts.ts'
import { createSealEvents } from './audit.ts'
import { sealSubjects } from './subjects.ts'

/** What is sealed of a credential: what the tokens outside stand for, and the document. */
type Content = Pick<StoredCredential, 'legacyId' | 'username' | 'document' | 'digest'>

const contextOf = (id: string) => ['credentials', 'document', id]

/**
 * Accounts from before, each sealed with a key of its own. The names they are found by are tokens, and so is the digest,
 * which would tell whether a guess at a line is right.
 */
export const encryptCredentials = (credentials: CredentialsPort, keyring: Keyring): CredentialsPort => {
  const { accounts: accountKeys, index } = keyring
  const { identity: identityToken } = createTokens(index)
  const sealLink = createSealLink(index)
  const sealEvents = createSealEvents(keyring)
  const legacyToken = index['credential.legacy-id']
  const usernameToken = index['credential.username']

  const subjectToken = ({ clientId, subject }: SubjectKey): SubjectKey => ({
    clientId,
    subject: index.subject(JSON.stringify([clientId, subject])),
  })

  const seal = (sealer: Sealer, id: AccountId, { retiresAt, ...rest }: AccountImport['credential']) => {
    const content: Content = {
      legacyId: rest.legacyId,
      document: rest.document,
      digest: rest.digest,
      ...(rest.username !== undefined && { username: rest.username }),
    }
    return {
      legacyId: legacyToken(content.legacyId),
      ...(content.username !== undefined && { username: usernameToken(content.username) }),
      document: sealer.seal(contextOf(id), JSON.stringify(content)),
      digest: index['credential.digest'](content.digest),
      ...(retiresAt !== undefined && { retiresAt }),
    }
  }

  /** @returns undefined for a credential whose account was erased a moment ago */
  const open = async (stored: StoredCredential | undefined): Promise<StoredCredential | undefined> => {
    if (stored === undefined) return undefined
    const { accountId, retiresAt, document } = stored
    const sealer = await accountKeys.of(accountId)
    if (sealer === undefined) return undefined
    const content = JSON.parse(sealer.open(contextOf(accountId), document)) as Content
    return { accountId, ...content, ...(retiresAt !== undefined && { retiresAt }) }
  }

  return {
    importMany: async accounts => {
      const sealed = accounts.map(async (one): Promise<AccountImport> => {
        const { account } = one
        const { id } = account
        const { sealer, wrapped } = accountKeys.make(id)
        return {
          account: {
            ...account,
            claims: sealClaims(sealer, account, account.claims),
            ...sealSubjects(sealer, account),
          },
          subjects: one.subjects.map(subjectToken),
          credential: seal(sealer, id, one.credential),
          ...(one.identity !== undefined && { identity: identityToken(one.identity) }),
          customers: one.customers.map(customer => sealLink(sealer, id, customer)),
          events: await sealEvents(one.events, { [id]: sealer }),
          dataKey: wrapped,
        }
      })
      return credentials.importMany(await Promise.all(sealed))
    },

    find: async accountId => open(await credentials.find(accountId)),
    findByUsername: async username => open(await credentials.findByUsername(usernameToken(username))),
    findByLegacyIds: async legacyIds => {
      const found = await credentials.findByLegacyIds(legacyIds.map(legacyToken))
      const opened = await Promise.all([...found.values()].map(open))
      return new Map(opened.flatMap(one => (one === undefined ? [] : [[one.legacyId, one] as const])))
    },
    isSubjectTaken: key => credentials.isSubjectTaken(subjectToken(key)),

    replace: async (credential, events) => {
      const { accountId } = credential
      const sealer = await accountKeys.of(accountId)
      if (sealer === undefined) return 'gone'
      return credentials.replace({ accountId, ...seal(sealer, accountId, credential) }, await sealEvents(events))
    },

    bind: async binding => {
      const { accountId, identity, claims, customers, events } = binding
      const sealer = await accountKeys.of(accountId)
      if (sealer === undefined) return { kind: 'gone' }
      return credentials.bind({
        ...binding,
        identity: identityToken(identity),
        claims: sealClaimsChange(sealer, accountId, claims),
        customers: customers.map(customer => sealLink(sealer, accountId, customer)),
        events: await sealEvents(events, { [accountId]: sealer }),
      })
    },

    retire: async input => credentials.retire({ ...input, events: await sealEvents(input.events) }),
    totals: credentials.totals,
  }
}

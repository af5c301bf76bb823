import { hash } from 'node:crypto'
import { type CustomerKey, compareTexts, customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { AccountImport } from '#src/store/ports/credentials.ts'
import type { AccountLine } from './line-schema.ts'
import { encodeLogin } from './login-document.ts'

/** The rule that links what a file brings; the records of an account are those that its own system says are its. */
const RULE = 'import'

const sortedKeys = (customers: readonly CustomerKey[]): readonly string[] =>
  customers.map(customerKeyOf).toSorted(compareTexts)

/** Tells whether two lines say the same of records, subjects and identity, which an import never changes. */
export const digestOf = ({ subs = {}, customers, itsme }: AccountLine): string =>
  hash(
    'sha256',
    JSON.stringify([
      Object.entries(subs).toSorted(([a], [b]) => compareTexts(a, b)),
      sortedKeys(customers),
      itsme === undefined ? null : [itsme.issuer, itsme.clientId, itsme.sub],
    ]),
    'base64url',
  )

/** The identity that a line says the account has. */
export const identityOf = ({ itsme }: AccountLine): IdentityKey | undefined =>
  itsme && { issuer: itsme.issuer, clientId: itsme.clientId, subject: itsme.sub }

const toLink = ({ serviceLine, customerId }: CustomerKey): CustomerLink => ({
  serviceLine,
  customerId,
  method: 'import',
  ruleVersion: RULE,
  evidence: null,
})

const eventsOf = (line: AccountLine, accountId: AccountId, at: number): readonly AuditEvent[] => {
  const opened = { origin: 'import', customers: line.customers.length, identity: line.itsme !== undefined }
  return [
    { at, accountId, type: 'account.opened', data: opened },
    ...line.customers.map(({ serviceLine, customerId }) => ({
      at,
      accountId,
      type: 'link.created',
      data: { serviceLine, customerId, method: 'import', ruleVersion: RULE },
    })),
  ]
}

/** An account as a line brings it. Nothing is known of the person: claims come with the first login upstream. */
export const toAccountImport = (line: AccountLine, accountId: AccountId, at: number): AccountImport => {
  const { legacyId, username, passwordHash, subs = {} } = line
  const subjects = Object.entries(subs).map(([clientId, subject]) => ({ clientId, subject }))
  const identity = identityOf(line)
  return {
    account: {
      id: accountId,
      createdAt: at,
      updatedAt: at,
      claims: {},
      ...(subjects.length > 0 && { subjects: subs }),
    },
    subjects,
    credential: {
      legacyId,
      digest: digestOf(line),
      document: encodeLogin(passwordHash === undefined ? {} : { passwordHash }),
      ...(username !== undefined && { username }),
    },
    ...(identity !== undefined && { identity }),
    customers: line.customers.map(toLink),
    events: eventsOf(line, accountId, at),
  }
}

import { z } from 'zod'
import type { DecidingRequest } from '#src/accounts/link-changes.ts'
import type { LinkRequest } from '#src/accounts/link-plan.ts'
import { notFound, type Problem } from '#src/admin/api/problem.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { type CustomerKey, customerKeyOf, type Role } from '#src/kernel/customer.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { LinkChangesPort } from '#src/store/ports/link-changes.ts'
import { recordKey, recordRole } from './schemas.ts'

const account = z.string().min(1).max(128)

const link = z.strictObject({
  kind: z.literal('link'),
  account,
  record: recordKey,
  role: recordRole.optional().describe('Left out: what the customer record itself says, if it says anything.'),
})
const unlink = z.strictObject({ kind: z.literal('unlink'), record: recordKey })
const merge = z.strictObject({
  kind: z.literal('merge'),
  account,
  into: account,
  apps: z.array(z.string()).max(100).default([]),
})
const split = z.strictObject({
  kind: z.literal('split'),
  account,
  identities: z.array(z.string()).min(1).max(10),
  records: z.array(recordKey).max(100).default([]),
})
const undo = z.strictObject({ kind: z.literal('undo'), change: z.string().min(1).max(128) })

/** What can be asked for. An identity is named by its reference, as an account shows it. */
export const asked = z.discriminatedUnion('kind', [link, unlink, merge, split, undo])

/** What one person may do to decide on a review; a record that is left out is that of the review. */
export const deciding = z.discriminatedUnion('kind', [
  link.partial({ record: true }),
  unlink.partial({ record: true }),
  split,
  undo,
])
type Deciding = z.output<typeof deciding>

/** The role that a customer record says its person has; undefined where it says none, or is not told in time. */
export const createRoleOf =
  (source: Pick<CustomerSource, 'findByCustomerId'>) =>
  async (record: CustomerKey): Promise<Role | undefined> => {
    // A record can be linked while its service line does not answer: the preview shows that no role goes with it.
    const found = await source.findByCustomerId(record.customerId).catch(() => [])
    return found.find(one => customerKeyOf(one.record) === customerKeyOf(record))?.record.role
  }

/**
 * Reads a request: of a split, each identity by its reference; undefined where the account does not have it. What is linked
 * has the role that is asked for, else that of the record itself: so a record comes back as it was.
 */
export const createToRequest = ({
  linkChanges,
  roleOf,
}: {
  linkChanges: Pick<LinkChangesPort, 'identitiesOf'>
  roleOf: ReturnType<typeof createRoleOf>
}) => {
  async function toRequest(
    given: Exclude<z.output<typeof asked>, { kind: 'merge' }>,
  ): Promise<DecidingRequest | undefined>
  async function toRequest(given: z.output<typeof asked>): Promise<LinkRequest | undefined>
  async function toRequest(given: z.output<typeof asked>): Promise<LinkRequest | undefined> {
    if (given.kind === 'link') {
      const { role = await roleOf(given.record), ...rest } = given
      return { ...rest, account: given.account as AccountId, ...(role !== undefined && { role }) }
    }
    if (given.kind !== 'split') return given as LinkRequest
    const bound = await linkChanges.identitiesOf(given.account as AccountId)
    const identities = given.identities.map(reference => bound.find(({ subject }) => subject === reference))
    if (identities.includes(undefined)) return undefined
    return { ...given, account: given.account as AccountId, identities: identities as IdentityKey[] }
  }
  return toRequest
}

/** A request about a review with its record; undefined where there is none to put in. */
export const aboutRecord = (given: Deciding, record: z.output<typeof recordKey> | undefined) => {
  if (given.kind !== 'link' && given.kind !== 'unlink') return given
  const named = given.record ?? record
  return named === undefined ? undefined : { ...given, record: named }
}

const FIXES: Readonly<Record<string, string>> = {
  'linked-elsewhere': 'unlink it from the account that has it first',
  merged: 'undo the merge first, or act on the account that stays',
  stale: 'look at what is there now, and undo the later act first',
  'same-person': 'somebody else must approve it',
  'own-account': 'somebody else must mend what is yours',
  'takes-two': 'propose the merge anew, for somebody else to approve',
  undone: 'it is undone already',
}

/** A refusal of an act on links, as a problem. */
export const refused = (refusal: string): Problem => {
  if (refusal === 'no-change') return notFound('change')
  if (refusal === 'no-account') return notFound('account')
  const fix = FIXES[refusal]
  return {
    status: 409,
    code: refusal,
    title: 'it cannot be done as things are',
    ...(fix !== undefined && { detail: fix }),
  }
}

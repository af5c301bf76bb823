import { z } from 'zod'
import { ROLES } from '#src/admin/roles.ts'
import { ROLES as RECORD_ROLES, SERVICE_LINES } from '#src/kernel/customer.ts'

/** Why something is done: for the audit trail. */
export const reason = z.string().trim().min(3).max(500).describe('Why, for the audit trail; no personal data.')
const id = z.string().min(1).max(128)
const time = z.number().describe('Epoch milliseconds.')

/** Names in paths. */
export const accountParams = z.strictObject({ accountId: id })
export const changeParams = z.strictObject({ changeId: id })
export const clientParams = z.strictObject({ clientId: id })

/** How many, and where the page before ended. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d+\.[\w-]+$/, 'must be the next of a page before')
    .optional(),
}

/** Splits a cursor into the time and the id it ends at. */
export const parseCursor = (cursor: string): { at: number; id: string } => {
  const dot = cursor.indexOf('.')
  return { at: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) }
}

/** A place in the audit trail, by time and number. */
export type Place = { readonly at: number; readonly sequence: number }

/** The place that a cursor ends at, as a search of the audit trail takes it. */
export const beforeOf = (cursor: string | undefined): { before?: Place } => {
  if (cursor === undefined) return {}
  const { at, id: sequence } = parseCursor(cursor)
  return { before: { at, sequence: Number(sequence) } }
}

/** The `next` of a page that ended at a place of the audit trail, if it goes on. */
export const nextAfter = (last: Place | undefined): { next?: string } =>
  last === undefined ? {} : { next: `${last.at}.${last.sequence}` }

/** The `next` of a page that was full. */
export const nextOf = <Item>(
  items: readonly Item[],
  limit: number,
  key: (item: Item) => readonly [at: number, id: string | number],
): { next?: string } => {
  const last = items.at(-1)
  return last === undefined || items.length < limit ? {} : { next: key(last).join('.') }
}

/** A record by its key. */
export const recordKey = z.strictObject({ serviceLine: z.enum(SERVICE_LINES), customerId: id })
export const recordRole = z.enum(RECORD_ROLES)

/** An account as it is shown. */
export const accountView = z.strictObject({
  id,
  createdAt: time,
  updatedAt: time,
  blocked: z.boolean(),
  loginsNotBefore: time.optional(),
  mergedInto: id.optional(),
  absorbed: z.array(id),
  name: z.string().optional(),
  identities: z.array(z.strictObject({ issuer: z.string(), client: z.string(), reference: z.string() })),
  records: z.array(
    z.strictObject({
      serviceLine: z.enum(SERVICE_LINES),
      customerId: z.string(),
      role: recordRole.optional(),
      method: z.string(),
      ruleVersion: z.string(),
      linkedAt: time,
      part: id.optional().describe('The part of the account that has it, where it is not the account itself.'),
    }),
  ),
  consents: z.array(z.strictObject({ client: id, scopes: z.array(z.string()), since: time })),
})

/** One of the accounts that an act on links is about, as whoever decides on it sees it. */
export const sideView = accountView
  .pick({ id: true, createdAt: true, blocked: true, mergedInto: true, name: true, records: true })
  .extend({ logins: z.number().describe('How many logins it has.') })

/** An event as it is shown. */
const eventView = z.strictObject({
  sequence: z.number(),
  at: time,
  type: z.string(),
  accountId: z.string().optional(),
  clientId: z.string().optional(),
  data: z.json(),
})

/** Events, and where the next page begins. */
export const eventPage = z.strictObject({ events: z.array(eventView), next: z.string().optional() })

/** A record that was compared: levels and weights. */
export const comparedRecord = z.strictObject({
  serviceLine: z.string(),
  customerId: z.string(),
  verdict: z.string(),
  because: z.string(),
  wrong: z.number(),
  runnerUp: z.string(),
  margin: z.number(),
  start: z.number(),
  strangerMargin: z.number(),
  strangerStart: z.number(),
  fields: z.array(
    z.strictObject({
      field: z.string(),
      level: z.string(),
      bits: z.number().describe('For the person and against the runner-up.'),
      strangerBits: z.number().describe('The same, against a stranger.'),
    }),
  ),
})

/** How an account came to a record: by what it was proved, who moved it since, and the evidence that moved with it. */
export const linkView = z.strictObject({
  serviceLine: z.enum(SERVICE_LINES),
  customerId: z.string(),
  method: z.enum(['match', 'proof', 'admin', 'import']),
  proof: z.enum(['invoice', 'contact']).optional().describe('What the person proved it by.'),
  ruleVersion: z.string(),
  linkedAt: time,
  acts: z
    .array(
      z.strictObject({
        id: z.string(),
        kind: z.string(),
        at: time,
        by: z.string(),
        reason: z.string(),
        decidedBy: z.string().optional(),
        from: z.string().optional(),
      }),
    )
    .describe('Acts on links that moved it since, newest first.'),
  evidence: comparedRecord.optional(),
  decision: z.number().optional().describe('The event of the decision that linked it, if it is among the decisions.'),
})

/** A decision about links as it was made. */
export const decisionView = z.strictObject({
  event: z.number(),
  at: time,
  account: z.string().optional(),
  client: z.string().optional(),
  outcome: z.string(),
  ruleVersion: z.string(),
  errorBudget: z.number(),
  compared: z.number(),
  hindrances: z.array(z.string()),
  records: z.array(comparedRecord),
})

/** An admin and what they may do. */
export const adminView = z.strictObject({
  accountId: z.string(),
  roles: z.array(z.enum(ROLES)),
  since: time,
  by: z.string(),
})

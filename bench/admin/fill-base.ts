import { createOpenAccount } from '#src/linking/account-opening.ts'
import { createPersonOfDay } from '#src/linking/person-of-day.ts'
import { createRaiseReviews } from '#src/linking/raise-reviews.ts'
import { FUNNEL_STEPS } from '#src/rollout/funnel-steps.ts'
import type { Store } from '#src/store/ports/store.ts'
import type { Samples } from './admin-requests.ts'
import { accountIdOf, numberOf, openingOf, subjectOf, UNDECIDED, undecidedEvent } from './synthetic-account.ts'
import { clientIdOf, clientOf } from './synthetic-clients.ts'

/** How much is in a base, or, with `from`, how much of everything there is already. */
export type BaseSize = { readonly clients: number; readonly accounts: number }

const DAY_MS = 24 * 3600 * 1000
/** How long ago the first account was opened, and for how long logins are counted. */
const DAYS = 90
const COUNTED_DAYS = 14
/** Of accounts: one in so many has a passkey, an app's consent, a review, a proposed merge; and one login in so many is undecided. */
const ONE_IN = { passkey: 200, consent: 10, review: 200, proposal: 1000, undecided: 10 }
/** Apps that people log in to every day, by one in so many of all, the others once in the time. */
const BUSY = 20
/** Of one app in so many the rollout was changed. */
const ROLLED_OUT = 10
/** Events of the account that is looked at. */
const LONG_TIMELINE = 300
const AT_ONCE = 16

type Filling = {
  readonly store: Store
  /** By what people of these accounts are known upstream. */
  readonly upstream: { readonly issuer: string; readonly clientId: string }
  readonly now: number
  readonly progress?: (text: string) => void
  /** By which accounts are opened where it is faster, and what is done when all are. */
  readonly bulk?: { readonly store: Store; readonly settle: () => Promise<void> }
}

/** Works on the numbers from `from` to `to`, some at a time. */
const each = async (from: number, to: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  for (let start = from; start < to; start += AT_ONCE) {
    const length = Math.min(AT_ONCE, to - start)
    await Promise.all(Array.from({ length }, (_, offset) => work(start + offset)))
  }
}

/** The account that is looked at: with something of everything. */
const LOOKED_AT = 0

const fillClients = async ({ store, now }: Filling, from: number, to: number): Promise<void> => {
  const day = (ago: number): string => new Date(now - ago * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
  // One after the other: each takes the next number of a change, so at once they would only wait for each other, or fail.
  for (let index = from; index < to; index += 1) {
    const clientId = clientIdOf(index)
    await store.clients.put(clientOf(index, now), [
      { at: now, type: 'client.created', clientId, data: { by: 'synthetic', version: 1 } },
    ])
    if (index % ROLLED_OUT === 0) {
      const policy = { existing: { phase: 'default', percentage: 50 } }
      const versioned = { clientId, version: 1, policy, at: now, by: 'synthetic', reason: 'half of them first' }
      await store.rollouts.put(versioned, [{ at: now, type: 'rollout.changed', clientId, data: { version: 1 } }])
    }
    const days = index % BUSY === 0 ? Array.from({ length: COUNTED_DAYS }, (_, ago) => ago) : [index % COUNTED_DAYS]
    const counts = days.flatMap(ago =>
      FUNNEL_STEPS.map((step, at) => ({ day: day(ago), clientId, method: 'itsme', step, count: 1000 - at })),
    )
    await store.funnel.add(counts)
  }
}

const fillAccounts = async (filling: Filling, size: BaseSize, from: number): Promise<void> => {
  const { bulk, upstream, now, progress } = filling
  const store = bulk?.store ?? filling.store
  const step = (DAYS * DAY_MS) / size.accounts
  const timeOf = (index: number): number => Math.floor(now - DAYS * DAY_MS + index * step)
  let at = 0
  let id = accountIdOf(0)
  const open = createOpenAccount({
    ...store,
    clock: () => at,
    newAccountId: () => id,
    personOfDay: createPersonOfDay('bench'),
  })
  for (let index = from; index < size.accounts; index += 1) {
    at = timeOf(index)
    id = accountIdOf(index)
    const clientId = clientIdOf((index * index) % size.clients)
    const { kind } = await open(openingOf(index, clientId, upstream))
    if (kind !== 'bound') throw new Error(`account ${index} is ${kind}`)
    if (index % ONE_IN.undecided === 0) {
      await store.audit.append([undecidedEvent(index / ONE_IN.undecided, at + 1, clientId)])
    }
    if (index % ONE_IN.consent === 0) {
      await store.audit.append([
        { at: at + 1, type: 'consent.given', accountId: id, clientId, data: { scopes: ['email'] } },
      ])
    }
    if (index % 50_000 === 49_999) progress?.(`${index + 1} accounts`)
  }
  await bulk?.settle()
}

const fillAround = async ({ store }: Filling, size: BaseSize, from: number, now: number): Promise<void> => {
  const { raise } = createRaiseReviews({ ...store, clock: () => now })
  const ofEach = (oneIn: number, work: (index: number) => Promise<unknown>): Promise<void> =>
    each(Math.ceil(from / oneIn), Math.ceil(size.accounts / oneIn), index => work(index * oneIn))
  await ofEach(ONE_IN.consent, index =>
    store.consents.give({ accountId: accountIdOf(index), clientId: clientIdOf(0), scopes: ['email'], at: now }),
  )
  await ofEach(ONE_IN.passkey, index => {
    const accountId = accountIdOf(index)
    const passkey = { id: `passkey-${index}`, accountId, document: '{"device":"A synthetic key"}', counter: 0 }
    const event = { at: now, type: 'passkey.added', accountId, data: {} }
    return store.passkeys.add({ ...passkey, createdAt: now }, { most: 10, loggedInAt: now }, [event])
  })
  await ofEach(ONE_IN.review, index =>
    raise(
      {
        kind: 'record-changed',
        accountId: accountIdOf(index),
        customer: { serviceLine: 'mobile', customerId: numberOf(index, 0) },
      },
      { fields: ['address'], ruleVersion: 'r6' },
    ),
  )
  await ofEach(ONE_IN.proposal, index =>
    store.linkChanges.propose(
      {
        id: `proposal-${index}`,
        kind: 'merge',
        state: 'proposed',
        at: now - index,
        by: accountIdOf(1),
        reason: 'synthetic: two accounts of one person',
        moves: [{ thing: 'account', account: accountIdOf(index + 1), apps: [], to: accountIdOf(index) }],
      },
      [{ at: now, type: 'link.proposed', accountId: accountIdOf(index), data: { change: `proposal-${index}` } }],
    ),
  )
}

/**
 * Fills a store with synthetic apps, and with accounts as logins open them over the last three months, by the code of a
 * login; with passkeys, consents, reviews, proposals, rollouts and counters of logins. Done again with a larger size it adds
 * what is missing.
 * @param from how much of it there is already
 * @returns what can be looked at
 */
export const fillBase = async (filling: Filling, size: BaseSize, from: BaseSize): Promise<Samples> => {
  const { store, now } = filling
  // The accounts first: their events are chained in an empty trail.
  await fillAccounts(filling, size, from.accounts)
  await fillClients(filling, from.clients, size.clients)
  await fillAround(filling, size, from.accounts, now)
  const accountId = accountIdOf(LOOKED_AT)
  if (from.accounts === 0) {
    const event = (at: number) => ({ at, type: 'message.sent', accountId, data: { channel: 'sms' } })
    await store.audit.append(Array.from({ length: LONG_TIMELINE }, (_, ago) => event(now - ago * 3_600_000)))
  }
  const [review] = await store.reviews.list({ limit: 1 })
  const [undecided] = await store.audit.search({ type: 'link.unresolved', limit: 1 })
  return {
    clientId: clientIdOf(LOOKED_AT),
    clientInTheMiddle: clientIdOf(Math.floor(size.clients / 2)),
    clientPrefix: clientIdOf(Math.floor(size.clients / 2)).slice(0, -2),
    accountId,
    otherAccountId: accountIdOf(2),
    customerNumber: numberOf(LOOKED_AT, 0),
    upstreamSubject: subjectOf(LOOKED_AT),
    undecidedNumber: UNDECIDED,
    undecidedLogin: `${undecided?.at}.${undecided?.sequence}`,
    person: { givenName: 'Lotte', familyName: 'Peeters', birthDate: '1988-03-14' },
    changeId: `proposal-${LOOKED_AT}`,
    reviewId: review?.id ?? '',
    middle: Math.floor(now - (DAYS / 2) * DAY_MS),
    since: new Date(now - COUNTED_DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length),
  }
}

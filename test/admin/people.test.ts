import { maskText } from '#src/audit/mask.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { DecisionRecord } from '#src/linking/decision-record.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { itsmeSubject } from '#test/support/itsme-subject.ts'
import { codeOf, etagOf, type RunningApi, startApi } from './api-client.ts'

/** People, their links and reviews of these, over the admin API. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

describe('people', () => {
  test('are found by number, account and subject, masked; revealed for a reason', async () => {
    const { accounts } = api.admin.running.pias.store
    const [record] = await accounts.customersOf(api.owner.accountId as never)
    const number = record?.customerId ?? ''
    const found = await api.invoke('searchAccounts', { body: { customerNumber: number } })
    expect(found.json()).toMatchObject({ accounts: [{ id: api.owner.accountId, name: 'L… M… V…' }] })
    expect(found.body).not.toContain(number)
    expect((await api.invoke('searchAccounts', { body: { account: api.owner.accountId } })).json()).toEqual(
      found.json(),
    )
    const [shown] = found.json<{ accounts: { identities: { reference: string }[] }[] }>().accounts
    for (const upstreamSubject of [itsmeSubject('lotte'), `${shown?.identities[0]?.reference}`]) {
      const byReference = await api.invoke('searchAccounts', { body: { upstreamSubject } })
      expect([upstreamSubject, byReference.json()]).toEqual([upstreamSubject, found.json()])
    }
    expect(found.body).not.toContain(itsmeSubject('lotte'))
    expect((await api.invoke('searchAccounts', { body: { upstreamSubject: 'nobody' } })).json()).toEqual({
      accounts: [],
    })
    const params = { accountId: api.owner.accountId }
    expect(codeOf(await api.invoke('showAccount', { params: { accountId: 'nobody' } }))).toEqual([404, 'not-found'])
    const revealed = await api.invoke('revealAccount', { params, body: { reason: 'a synthetic complaint' } })
    expect(revealed.body).toContain(number)
    expect(await api.eventsOf('account.revealed')).toContainEqual({
      by: api.owner.accountId,
      reason: 'a synthetic complaint',
    })
    const first = await api.invoke('accountTimeline', { params, query: '?limit=2' })
    const { events, next } = first.json<{ events: { sequence: number }[]; next: string }>()
    expect(events).toHaveLength(2)
    const rest = await api.invoke('accountTimeline', { params, query: `?limit=200&cursor=${next}` })
    expect(rest.body).not.toContain(`"sequence":${events[1]?.sequence},`)
    expect(rest.body).toContain('account.opened')
    expect(rest.body).not.toContain(number)
  })

  test('tells why a record was linked, and why another was not', async () => {
    const why = (await api.invoke('whyLinked', { params: { accountId: api.owner.accountId } })).json<{
      decisions: {
        records: {
          margin: number
          start: number
          runnerUp: string
          strangerMargin: number
          strangerStart: number
          fields: { bits: number; strangerBits: number }[]
        }[]
      }[]
    }>()
    const [record] = why.decisions[0]?.records ?? []
    expect(record).toMatchObject({ verdict: 'linked', runnerUp: expect.any(String) })
    // The waterfall adds up.
    const sum = (record?.fields ?? []).reduce((all, { bits }) => all + bits, record?.start ?? 0)
    expect(sum).toBeCloseTo(record?.margin ?? Number.NaN)
    // What the runner-up would share adds nothing against that one, and does against a stranger; that adds up, too.
    expect(record?.runnerUp).not.toBe('stranger')
    const shared = (record?.fields ?? []).filter(({ bits }) => bits === 0)
    expect(shared.length).toBeGreaterThan(0)
    for (const { strangerBits } of shared) expect(strangerBits).toBeGreaterThan(1)
    const strangers = (record?.fields ?? []).reduce((all, one) => all + one.strangerBits, record?.strangerStart ?? 0)
    expect(strangers).toBeCloseTo(record?.strangerMargin ?? Number.NaN)
    const [linked] = await api.admin.running.pias.store.accounts.customersOf(api.owner.accountId as never)
    const body = { serviceLine: linked?.serviceLine, customerId: linked?.customerId }
    expect((await api.invoke('whyRecord', { body })).json()).toMatchObject({
      owner: api.owner.accountId,
      decisions: [{ outcome: 'link' }],
    })
    const nobodys = { serviceLine: 'tv', customerId: 'nobody' }
    expect((await api.invoke('whyRecord', { body: nobodys })).json()).toEqual({ decisions: [] })
  })

  test('are blocked, let in and logged out', async () => {
    const { accountId } = api.guest
    const body = { reason: 'a synthetic reason' }
    for (const id of ['blockAccount', 'unblockAccount', 'endLogins']) {
      expect(codeOf(await api.invoke(id, { params: { accountId }, body: {} }))).toEqual([400, 'request.invalid'])
      expect((await api.invoke(id, { params: { accountId }, body })).status).toBe(204)
      expect(codeOf(await api.invoke(id, { params: { accountId: 'nobody' }, body }))).toEqual([404, 'not-found'])
    }
    expect(await api.eventsOf('admin.done')).toContainEqual({
      operation: 'blockAccount',
      accountId,
      by: api.owner.accountId,
    })
    const timeline = (await api.invoke('accountTimeline', { params: { accountId } })).json<{
      events: { type: string; data: object }[]
    }>()
    const author = { by: api.owner.accountId, ...body }
    for (const type of ['account.blocked', 'account.unblocked', 'account.logins-ended']) {
      expect(timeline.events.filter(event => event.type === type).map(({ data }) => data)).toEqual([author])
    }
  })
})

test('whole customer numbers are looked at so often an hour, whichever way, and each admin for themselves', async () => {
  const { limits, audit } = api.admin.running.pias.store
  const [record] = await api.admin.running.pias.store.accounts.customersOf(api.owner.accountId as never)
  if (record === undefined) throw new Error('nothing is linked')
  const { serviceLine, customerId } = record
  const { token } = api.other
  const byNumber = () => api.invoke('searchAccounts', { body: { customerNumber: customerId }, token })
  const whyRecord = () => api.invoke('whyRecord', { body: { serviceLine, customerId }, token })
  // Of all nodes together; one is left for both.
  await limits.hit(`customer-number ${api.other.accountId}`, 3600, 119)
  expect((await byNumber()).status).toBe(200)
  for (const over of [await whyRecord(), await byNumber()]) {
    expect([codeOf(over), over.headers['retry-after']]).toEqual([
      [429, 'too-many'],
      expect.stringMatching(/^3[56]\d\d$/),
    ])
    expect(over.headers['content-type']).toContain('application/problem+json')
    expect(over.body).not.toContain(customerId)
    expect(over.body).not.toContain(api.owner.accountId)
  }
  const [refused] = await audit.search({ type: 'admin.refused', limit: 1 })
  expect(refused?.data).toMatchObject({ operation: 'searchAccounts', by: api.other.accountId, code: 'too-many' })
  // Neither what tells no number, nor another admin, is in the way of it.
  const byAccount = { body: { account: api.owner.accountId }, token }
  expect((await api.invoke('searchAccounts', byAccount)).status).toBe(200)
  expect((await api.invoke('whyRecord', { body: { serviceLine, customerId } })).status).toBe(200)
})

test('links are previewed, changed, approved by somebody else, listed and undone', async () => {
  const { accountId } = await api.openAccount('recreated')
  const params = { accountId }
  const merge = { kind: 'merge', account: accountId, into: api.guest.accountId }
  const record = { serviceLine: 'tv', customerId: 'TV-OF-A-PART' }
  const link = { kind: 'link', account: accountId, record, role: 'user' }
  expect((await api.invoke('changeLinks', { body: { request: link, reason: 'a letter' } })).json()).toMatchObject({
    moves: [{ role: 'user', to: accountId }],
  })
  const shown = { serviceLine: 'tv', customerId: maskText(record.customerId), role: 'user' }
  const records = [expect.objectContaining(shown)]
  // Who they are, and what comes of it: for who proposes it and for who approves it.
  const accounts = expect.arrayContaining([
    expect.objectContaining({ id: accountId, records, logins: 1, createdAt: expect.any(Number) }),
    expect.objectContaining({ id: api.guest.accountId, logins: 1 }),
  ])
  const preview = await api.invoke('previewLinkChange', { body: merge })
  expect(preview.json()).toMatchObject({ endLogins: [accountId], accounts })
  expect(preview.body).not.toContain(record.customerId)
  const proposed = await api.invoke('changeLinks', { body: { request: merge, reason: 'one person' } })
  const change = { changeId: `${proposed.json().id}` }
  expect(proposed.json()).toMatchObject({ state: 'proposed', by: api.owner.accountId })
  expect((await api.invoke('listProposedChanges')).json()).toMatchObject({ changes: [{ id: change.changeId }] })
  const waiting = await api.invoke('showLinkChange', { params: change, token: api.other.token })
  expect(waiting.json()).toMatchObject({ accounts, effect: { endLogins: [accountId], endPasskeys: [] } })
  expect(codeOf(await api.invoke('approveLinkChange', { params: change }))).toEqual([409, 'same-person'])
  expect((await api.invoke('approveLinkChange', { params: change, token: api.other.token })).json()).toMatchObject({
    state: 'done',
    decidedBy: api.other.accountId,
  })
  expect((await api.invoke('showAccount', { params })).json()).toMatchObject({ mergedInto: api.guest.accountId })
  expect((await api.invoke('showLinkChange', { params: change })).json()).not.toHaveProperty('effect')
  // Nothing of it is lost: the account that stays tells it, with the part that has it.
  const whole = await api.invoke('showAccount', { params: { accountId: api.guest.accountId } })
  expect(whole.json()).toMatchObject({
    records: expect.arrayContaining([expect.objectContaining({ ...shown, part: accountId })]),
  })
  const reason = 'a synthetic reason'
  const revealed = await api.invoke('revealAccount', { params: { accountId: api.guest.accountId }, body: { reason } })
  expect(revealed.body).toContain(record.customerId)
  const { store } = api.admin.running.pias
  expect(await store.audit.search({ type: 'account.revealed', accountId, limit: 1 })).toHaveLength(1)
  expect(codeOf(await api.invoke('withdrawLinkChange', { params: change }))).toEqual([409, 'stale'])
  const unknown = { kind: 'undo', change: 'nothing' }
  expect(codeOf(await api.invoke('previewLinkChange', { body: unknown }))).toEqual([404, 'not-found'])
  const none = { request: unknown, reason: 'a synthetic reason' }
  expect(codeOf(await api.invoke('changeLinks', { body: none }))).toEqual([404, 'not-found'])
  const undo = { request: { kind: 'undo', change: change.changeId }, reason: 'two people' }
  expect((await api.invoke('changeLinks', { body: undo })).json()).toMatchObject({
    kind: 'undo',
    undoes: change.changeId,
  })
  expect((await api.invoke('showLinkChange', { params: change })).json()).toHaveProperty('undoneBy')
  expect((await api.invoke('listLinkChanges', { params })).json<{ changes: object[] }>().changes).toHaveLength(3)
  const again = await api.invoke('changeLinks', { body: { request: merge, reason: 'one person' } })
  const withdrawn = { changeId: `${again.json().id}` }
  expect((await api.invoke('withdrawLinkChange', { params: withdrawn })).json()).toMatchObject({ state: 'withdrawn' })
  const split = { kind: 'split', account: accountId, identities: ['none'] }
  expect(codeOf(await api.invoke('previewLinkChange', { body: split }))).toEqual([409, 'not-bound'])
})

test('reviews are listed, shown and decided on over a version, with the act or without; the act answers what else is about the record', async () => {
  const { store } = api.admin.running.pias
  // Whoever loses a record is logged out, so it is another one than the caller.
  const accountId = api.other.accountId as never
  const [link] = await store.accounts.customersOf(accountId)
  if (link === undefined) throw new Error('the account has no record')
  const customer = { serviceLine: link.serviceLine, customerId: link.customerId }
  const raise = (kind: 'record-withdrawn' | 'owner-conflict', raisedAt: number) =>
    store.reviews.raise({ matter: { kind, accountId, customer }, raisedAt, data: { method: 'match' }, events: [] })
  await raise('record-withdrawn', 1000)
  await raise('owner-conflict', 2000)
  const first = await api.invoke('listReviews', { query: '?limit=1' })
  expect(first.json()).toMatchObject({ reviews: [{ kind: 'record-withdrawn', accountId }], next: expect.any(String) })
  const rest = await api.invoke('listReviews', { query: `?cursor=${first.json().next}` })
  const [withdrawn, conflict] = [first, rest].map(answer => answer.json<{ reviews: { id: string }[] }>().reviews[0]?.id)
  const params = { reviewId: `${withdrawn}` }
  const shown = await api.invoke('showReview', { params })
  expect(shown.json()).toMatchObject({ facts: { method: 'match' } })
  expect(`${first.body}${shown.body}`).not.toContain(customer.customerId)
  expect(codeOf(await api.invoke('showReview', { params: { reviewId: 'none' } }))).toEqual([404, 'not-found'])

  const why = 'a synthetic reason'
  const unlink = { outcome: 'changed', reason: why, request: { kind: 'unlink', record: customer } }
  const decide = (body: object, headers: Record<string, string> = etagOf(shown), reviewId = `${withdrawn}`) =>
    api.invoke('decideReview', { params: { reviewId }, body, headers })
  expect(codeOf(await decide(unlink, {}))).toEqual([428, 'no-version'])
  expect(codeOf(await decide(unlink, { 'if-match': '"999"' }))).toEqual([412, 'stale'])
  expect(codeOf(await decide({ ...unlink, outcome: 'kept' }))).toEqual([409, 'pointless'])
  const nobodys = { serviceLine: 'tv', customerId: 'TV-NOBODY' }
  const elsewhere = { kind: 'link', account: api.guest.accountId, record: nobodys }
  expect(codeOf(await decide({ ...unlink, request: elsewhere }))).toEqual([409, 'other-matter'])
  const taken = { kind: 'link', account: api.guest.accountId, record: customer }
  expect(codeOf(await decide({ ...unlink, request: taken }))).toEqual([409, 'linked-elsewhere'])
  const foreign = { kind: 'split', account: api.guest.accountId, identities: ['none'] }
  expect(codeOf(await decide({ ...unlink, request: foreign }))).toEqual([409, 'not-bound'])
  expect(codeOf(await decide(unlink, etagOf(shown), 'none'))).toEqual([404, 'not-found'])
  expect(await store.accounts.customersOf(accountId)).toContainEqual(expect.objectContaining(customer))

  // Who looks at a review sees no number: the record need not be named.
  const preview = (body: object, reviewId = `${withdrawn}`) =>
    api.invoke('previewDecision', { params: { reviewId }, body })
  const planned = await preview({ kind: 'unlink' })
  expect(planned.json()).toMatchObject({
    moves: [{ thing: 'record', from: accountId }],
    endLogins: [accountId],
    endPasskeys: [],
  })
  const { mark } = planned.json<{ mark: string }>()
  expect(codeOf(await decide({ ...unlink, seen: `not ${mark}` }))).toEqual([409, 'stale'])
  expect(await store.accounts.customersOf(accountId)).toContainEqual(expect.objectContaining(customer))
  expect(codeOf(await preview({ kind: 'link', account: api.guest.accountId }))).toEqual([409, 'linked-elsewhere'])
  expect(codeOf(await preview(elsewhere))).toEqual([409, 'other-matter'])
  expect(codeOf(await preview({ kind: 'unlink' }, 'none'))).toEqual([404, 'not-found'])

  // One of eight that decide at once does it, and the link is ended once.
  const decided = await Promise.all(Array.from({ length: 8 }, () => decide(unlink)))
  const [done, ...more] = decided.filter(({ status }) => status === 200)
  expect(more).toEqual([])
  expect(done?.json()).toMatchObject({
    closed: { outcome: 'changed', by: api.owner.accountId },
    change: expect.any(String),
  })
  expect(await store.accounts.customersOf(accountId)).not.toContainEqual(expect.objectContaining(customer))
  expect(codeOf(await decide(unlink, etagOf(done as Answer)))).toEqual([409, 'closed-already'])
  const told = await api.eventsOf('review.closed')
  // The other review of the record is answered by the same act.
  const change = `${done?.json().change}`
  const closed = { by: api.owner.accountId, outcome: 'changed' }
  expect(told).toHaveLength(2)
  expect(told).toContainEqual({ ...closed, id: withdrawn, kind: 'record-withdrawn', reason: why })
  expect(told).toContainEqual({ ...closed, kind: 'owner-conflict', ...customer, change })

  const undo = { outcome: 'changed', reason: why, request: { kind: 'undo', change } }
  const answered = await api.invoke('showReview', { params: { reviewId: `${conflict}` } })
  expect(codeOf(await decide(undo, etagOf(answered), `${conflict}`))).toEqual([409, 'closed-already'])
  const again = await api.invoke('changeLinks', { body: { request: undo.request, reason: why } })
  expect(again.json()).toMatchObject({ state: 'done', undoes: change })
  expect(await store.accounts.customersOf(accountId)).toContainEqual(expect.objectContaining(customer))
  // Both are closed; what logins raised meanwhile is about other accounts.
  const idsIn = async (query: string) =>
    (await api.invoke('listReviews', { query })).json<{ reviews: { id: string }[] }>().reviews.map(({ id }) => id)
  expect(await idsIn('')).not.toEqual(expect.arrayContaining([withdrawn]))
  expect(await idsIn('')).not.toEqual(expect.arrayContaining([conflict]))
  expect(await idsIn('?all=true')).toEqual(expect.arrayContaining([withdrawn, conflict]))
})

test('a review tells what was accepted at most when it was raised', async () => {
  const { store } = api.admin.running.pias
  const accountId = api.other.accountId as never
  const customer = { serviceLine: 'tv', customerId: 'TV-SYNTHETIC' } as const
  const data = { method: 'match', errorBudget: 1e-6, explanation: null }
  await store.reviews.raise({ matter: { kind: 'record-changed', accountId, customer }, raisedAt: 9, data, events: [] })
  const { reviews } = (await api.invoke('listReviews')).json<{ reviews: { id: string; kind: string }[] }>()
  const params = { reviewId: `${reviews.find(({ kind }) => kind === 'record-changed')?.id}` }
  const shown = await api.invoke('showReview', { params })
  expect(shown.json()).toMatchObject({ errorBudget: 1e-6, facts: { method: 'match' } })
  const body = { outcome: 'kept', reason: 'a synthetic reason' }
  expect((await api.invoke('decideReview', { params, body, headers: etagOf(shown) })).status).toBe(200)
})

test('why is told page by page, of an account and of a record, without a gap', async () => {
  const { store } = api.admin.running.pias
  const accountId = api.guest.accountId
  const [decided] = await store.audit.search({ type: 'link.decided', limit: 1 })
  const { sequence: _, ...event } = decided as FoundAuditEvent
  const { decision } = event.data as unknown as { decision: DecisionRecord }
  const record = { serviceLine: 'tv', customerId: 'TV-PAGED' } as const
  const records = decision.records.slice(0, 1).map(one => ({ ...one, ...record }))
  const data = { decision: { ...decision, records } } as never
  // Two at one moment: pages are cut by number, too.
  const at = (index: number) => 1000 + Math.floor(index / 2)
  const events = Array.from({ length: 7 }, (_one, index) => ({ ...event, accountId, at: at(index), data }))
  await store.audit.append(events.map(one => ({ ...one, records: [customerKeyOf(record)] })))
  type Page = { decisions: { event: number }[]; next?: string }
  const walk = async (ask: (cursor: string | undefined) => Promise<Answer>): Promise<number[]> => {
    const seen: number[] = []
    let next: string | undefined
    do {
      const page = (await ask(next)).json<Page>()
      expect(page.decisions.length).toBeLessThanOrEqual(3)
      seen.push(...page.decisions.map(one => one.event))
      next = page.next
    } while (next !== undefined)
    return seen
  }
  const params = { accountId }
  const all = (await api.invoke('whyLinked', { params })).json<Page>()
  expect(all).not.toHaveProperty('next')
  const ofAccount = await walk(cursor =>
    api.invoke('whyLinked', { params, query: `?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}` }),
  )
  expect(ofAccount).toEqual(all.decisions.map(one => one.event))
  expect(ofAccount.length).toBeGreaterThanOrEqual(7)
  const body = { ...record, limit: 3 }
  const ofRecord = await walk(cursor => api.invoke('whyRecord', { body: { ...body, ...(cursor && { cursor }) } }))
  expect(ofRecord).toHaveLength(7)
  expect(new Set(ofRecord).size).toBe(7)
})

test('what matching would not decide is listed, newest first', async () => {
  const first = await api.invoke('listUndecided', { query: '?limit=1' })
  const { decisions, next } = first.json<{ decisions: { event: number; outcome: string }[]; next: string }>()
  expect(decisions).toHaveLength(1)
  const rest = await api.invoke('listUndecided', { query: `?cursor=${next}` })
  expect(rest.json<{ decisions: { event: number }[] }>().decisions.map(({ event }) => event)).not.toContain(
    decisions[0]?.event,
  )
})

test('records are found by name for who mends links, and not without end', async () => {
  const body = { givenName: 'Lotte', familyName: 'Vandenbroucke', birthDate: '1988-03-14' }
  const found = await api.invoke('searchRecords', { body })
  const { records } = found.json<{ records: { account?: string; name: string }[] }>()
  expect(records).toContainEqual(expect.objectContaining({ account: api.owner.accountId, name: 'L… V…' }))
  expect(found.body).not.toContain('Vandenbroucke')
  expect(codeOf(await api.invoke('searchRecords', { body: { ...body, birthDate: undefined } }))).toEqual([
    400,
    'request.invalid',
  ])
  const { limits } = api.admin.running.pias.store
  await limits.hit(`name-search ${api.owner.accountId}`, 3600, 60)
  const over = await api.invoke('searchRecords', { body })
  expect([codeOf(over), over.headers['retry-after']]).toEqual([[429, 'too-many'], expect.stringMatching(/^3[56]\d\d$/)])
})

test('what an act on a record would do tells whose it is, and counts as a look by its number', async () => {
  const { accounts, limits } = api.admin.running.pias.store
  const [record] = await accounts.customersOf(api.owner.accountId as never)
  if (record === undefined) throw new Error('nothing is linked')
  const { serviceLine, customerId } = record
  const request = { kind: 'unlink', record: { serviceLine, customerId } }
  expect((await api.invoke('previewLinkChange', { body: request })).status).toBe(200)
  await limits.hit(`customer-number ${api.owner.accountId}`, 3600, 120)
  const over = [
    await api.invoke('previewLinkChange', { body: request }),
    await api.invoke('changeLinks', { body: { request, reason: 'a synthetic reason' } }),
  ]
  for (const answer of over) {
    expect(codeOf(answer)).toEqual([429, 'too-many'])
    expect(answer.body).not.toContain(api.owner.accountId)
  }
})

// The last one: it looks back at what the others did.
test('every operation about people that is described was called and worked, and answers its problems', async () => {
  expect(api.untried('people')).toEqual([])
  await api.callWrongly('people')
  expect(api.unanswered('people')).toEqual([])
})

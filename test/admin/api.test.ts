import { z } from 'zod'
import { createAdmins } from '#src/admin/admins.ts'
import { problemSchema } from '#src/admin/api/problem.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { type RunningAdmin, startAdmin } from './support.ts'

/** The admin API as it is described and as it answers: the one against the other. */

type Operation = {
  operationId: string
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
}
type Description = { openapi: string; paths: Record<string, Record<string, Operation>> }

let admin: RunningAdmin
let description: Description
let owner: { token: string; accountId: string }
let other: { token: string; accountId: string }
/** Somebody who is no admin. */
let guest: { accountId: string }
let now = 0

const roles = () => createAdmins({ ...admin.running.pias.store, clock: () => Date.now() + now })

beforeAll(async () => {
  admin = await startAdmin({ clock: () => Date.now() + now })
  owner = await admin.login('lotte')
  other = await admin.login('thomas')
  guest = await openAccount('nora')
  const code = await roles().prepareBootstrap('test')
  expect((await admin.call(owner.token, 'POST', '/bootstrap', { body: { code } })).status).toBe(204)
  const list = await roles().list()
  await roles().setRoles({ accountId: other.accountId, roles: ['linker'], version: list.version, by: 'test' })
  const answer = await fetch(`${admin.origin}/openapi.json`)
  description = (await answer.json()) as Description
})
afterAll(() => admin.close())

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

const answered = new Map<string, Set<number>>()

/** Calls an operation by its name, and holds the answer against what is described of it. */
const invoke = async (
  id: string,
  options: {
    params?: Record<string, string>
    query?: string
    body?: unknown
    headers?: Record<string, string>
    token?: string
  } = {},
): Promise<Answer> => {
  const found = operations().find(({ operation }) => operation.operationId === id)
  if (found === undefined) throw new Error(`${id} is not described`)
  const path = found.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(options.params?.[name] ?? ''),
  )
  const { body, headers, token = owner.token } = options
  const answer = await admin.call(token, found.method.toUpperCase(), `${path}${options.query ?? ''}`, {
    ...(body !== undefined && { body }),
    ...(headers !== undefined && { headers }),
  })
  const described = found.operation.responses[answer.status]
  expect([id, answer.status, described === undefined ? answer.body : 'described']).toEqual([
    ...[id, answer.status, 'described'],
  ])
  answered.set(id, (answered.get(id) ?? new Set()).add(answer.status))
  const type = `${answer.headers['content-type']}`.split(';')[0] ?? ''
  if (described?.$ref !== undefined) {
    expect(type).toBe('application/problem+json')
    expect(problemSchema.parse(answer.json())).toMatchObject({ status: answer.status, reference: expect.any(String) })
  } else if (type === 'application/json') {
    const schema = described?.content?.[type]?.schema ?? {}
    expect(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(answer.json())).toBeDefined()
  } else if (answer.body !== '') {
    expect(Object.keys(described?.content ?? {})).toContain(type)
  }
  return answer
}

/** Somebody whom PIAS does not know opens an account at an app. */
const openAccount = async (persona: string): Promise<{ accountId: string }> => {
  await (await meetUncertain(admin.running, persona)).openAccount()
  const [event] = await admin.running.pias.store.audit.search({ type: 'account.opened', limit: 1 })
  return { accountId: event?.accountId ?? '' }
}

const etagOf = (answer: Answer) => ({ 'if-match': `${answer.headers.etag}` })
const codeOf = (answer: Answer) => [answer.status, answer.json().code]
const typesOf = async (type: string) =>
  (await admin.running.pias.store.audit.search({ type, limit: 100 })).map(({ data }) => data as Record<string, unknown>)

test('is described as OpenAPI 3.1', () => {
  expect(description.openapi).toBe('3.1.0')
  const ids = operations().map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(20)
})

describe('access', () => {
  test('takes a token that PIAS issued to its own client, from a strong login', async () => {
    expect(codeOf(await admin.call(undefined, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    expect(codeOf(await admin.call('nonsense', 'GET', '/me'))).toEqual([401, 'unauthorized'])
    const [head, , signature] = owner.token.split('.')
    const forged = Buffer.from(JSON.stringify({ sub: 'somebody' })).toString('base64url')
    expect(codeOf(await admin.call(`${head}.${forged}.${signature}`, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    expect((await invoke('whoAmI')).json()).toEqual({ accountId: owner.accountId, roles: ['owner'] })
    expect(await typesOf('admin.refused')).toContainEqual({ operation: 'whoAmI', code: 'unauthorized' })
  })

  test('takes a role, and a fresh login for what does harm', async () => {
    const params = { accountId: owner.accountId }
    expect(codeOf(await invoke('blockAccount', { params, token: other.token }))).toEqual([403, 'role'])
    expect((await invoke('showAccount', { params, token: other.token })).status).toBe(200)
    now = 10 * 60 * 1000
    // The token is too old by then; somebody who logged in long ago refreshes it.
    expect((await admin.call(owner.token, 'GET', '/me')).status).toBe(200)
    const late = await invoke('endLogins', { params: { accountId: other.accountId } })
    expect(codeOf(late)).toEqual([401, 'login-too-old'])
    expect(late.headers['www-authenticate']).toContain('insufficient_user_authentication')
    now = 0
  })

  test('ends with the account', async () => {
    const guest = await admin.login('lotte')
    const { store } = admin.running.pias
    await store.accounts.changeAccess({ id: guest.accountId as never, blocked: true, events: [] })
    expect(codeOf(await admin.call(guest.token, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    await store.accounts.changeAccess({ id: guest.accountId as never, blocked: false, events: [] })
    expect((await admin.call(guest.token, 'GET', '/me')).status).toBe(200)
  })

  test('the bootstrap code is good once', async () => {
    const code = await roles().prepareBootstrap('test')
    expect(codeOf(await invoke('bootstrap', { body: { code: 'another' } }))).toEqual([403, 'code'])
    expect((await invoke('bootstrap', { body: { code } })).status).toBe(204)
    expect(codeOf(await invoke('bootstrap', { body: { code } }))).toEqual([403, 'code'])
  })

  test('roles are given over a version, and somebody stays an owner', async () => {
    const params = { accountId: other.accountId }
    const body = { roles: ['linker', 'support'] }
    const list = await invoke('listAdmins')
    expect(codeOf(await invoke('setRoles', { params, body }))).toEqual([428, 'no-version'])
    const changed = await invoke('setRoles', { params, body, headers: etagOf(list) })
    expect(changed.json<{ admins: object[] }>().admins).toContainEqual(
      expect.objectContaining({ accountId: other.accountId, roles: ['linker', 'support'], by: owner.accountId }),
    )
    expect(codeOf(await invoke('setRoles', { params, body, headers: etagOf(list) }))).toEqual([412, 'stale'])
    const last = { params: { accountId: owner.accountId }, body: { roles: [] }, headers: etagOf(changed) }
    expect(codeOf(await invoke('setRoles', last))).toEqual([409, 'last-owner'])
  })
})

describe('requests', () => {
  test('what is not described is not answered', async () => {
    expect(codeOf(await admin.call(owner.token, 'GET', '/secrets'))).toEqual([404, 'not-found'])
    const method = await admin.call(owner.token, 'DELETE', '/me')
    expect([...codeOf(method), method.headers.allow]).toEqual([405, 'method', 'GET'])
    expect(codeOf(await admin.call(owner.token, 'GET', '/me?verbose=1'))).toEqual([400, 'request.invalid'])
    const wrong = await admin.call(owner.token, 'GET', '/audit/events?limit=0&extra=1')
    expect(wrong.json()).toMatchObject({
      status: 400,
      errors: [
        { field: 'query.limit', reason: 'must be at least 1' },
        { field: 'query', reason: 'has no field extra' },
      ],
    })
    expect((await admin.call(owner.token, 'POST', '/accounts/search', { body: {} })).json()).toMatchObject({
      errors: [{ field: 'body', reason: expect.stringContaining('customerNumber') }],
    })
    const headers = { 'content-type': 'application/json' }
    const notJson = await fetch(`${admin.origin}/api/accounts/search`, { method: 'POST', headers, body: '{' })
    expect(notJson.status).toBe(400)
    const large = JSON.stringify({ customerNumber: 'x'.repeat(100_000) })
    expect((await fetch(`${admin.origin}/api/accounts/search`, { method: 'POST', headers, body: large })).status).toBe(
      413,
    )
    expect((await fetch(`http://127.0.0.1:${new URL(admin.origin).port}/openapi.json`)).status).toBe(421)
  })

  test('one Idempotency-Key, one act: 16 at once', async () => {
    const { accountId } = guest
    const record = { serviceLine: 'tv', customerId: 'TV-IDEMPOTENT' }
    const body = { request: { kind: 'link', account: accountId, record }, reason: 'a synthetic reason' }
    const headers = { 'idempotency-key': 'key-1' }
    const answers = await Promise.all(Array.from({ length: 16 }, () => invoke('changeLinks', { body, headers })))
    const done = answers.filter(({ status }) => status === 200)
    expect(done.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status !== 200).every(one => one.json().code === 'in-progress')).toBe(true)
    expect(new Set(done.map(one => one.json().id)).size).toBe(1)
    expect((await invoke('changeLinks', { body, headers })).json().id).toBe(done[0]?.json().id)
    const others = { ...body, reason: 'another reason' }
    expect(codeOf(await invoke('changeLinks', { body: others, headers }))).toEqual([422, 'key-used'])
    const undo = { request: { kind: 'undo', change: done[0]?.json().id }, reason: 'tidy' }
    expect((await invoke('changeLinks', { body: undo })).status).toBe(200)
  })
})

describe('people', () => {
  test('are found by number, account and subject, masked; revealed for a reason', async () => {
    const { accounts } = admin.running.pias.store
    const [record] = await accounts.customersOf(owner.accountId as never)
    const number = record?.customerId ?? ''
    const found = await invoke('searchAccounts', { body: { customerNumber: number } })
    expect(found.json()).toMatchObject({ accounts: [{ id: owner.accountId, name: 'L… M… V…' }] })
    expect(found.body).not.toContain(number)
    expect((await invoke('searchAccounts', { body: { account: owner.accountId } })).json()).toEqual(found.json())
    expect((await invoke('searchAccounts', { body: { upstreamSubject: 'nobody' } })).json()).toEqual({ accounts: [] })
    const params = { accountId: owner.accountId }
    expect(codeOf(await invoke('showAccount', { params: { accountId: 'nobody' } }))).toEqual([404, 'not-found'])
    const revealed = await invoke('revealAccount', { params, body: { reason: 'a synthetic complaint' } })
    expect(revealed.body).toContain(number)
    expect(await typesOf('account.revealed')).toContainEqual({ by: owner.accountId, reason: 'a synthetic complaint' })
    const first = await invoke('accountTimeline', { params, query: '?limit=2' })
    const { events, next } = first.json<{ events: { sequence: number }[]; next: string }>()
    expect(events).toHaveLength(2)
    const rest = await invoke('accountTimeline', { params, query: `?limit=200&cursor=${next}` })
    expect(rest.body).not.toContain(`"sequence":${events[1]?.sequence},`)
    expect(rest.body).toContain('account.opened')
    expect(rest.body).not.toContain(number)
  })

  test('tells why a record was linked, and why another was not', async () => {
    const why = (await invoke('whyLinked', { params: { accountId: owner.accountId } })).json<{
      decisions: { records: { margin: number; start: number; fields: { bits: number }[] }[] }[]
    }>()
    const [record] = why.decisions[0]?.records ?? []
    expect(record).toMatchObject({ verdict: 'linked', runnerUp: expect.any(String) })
    // The waterfall adds up.
    const sum = (record?.fields ?? []).reduce((all, { bits }) => all + bits, record?.start ?? 0)
    expect(sum).toBeCloseTo(record?.margin ?? Number.NaN)
    const [linked] = await admin.running.pias.store.accounts.customersOf(owner.accountId as never)
    const body = { serviceLine: linked?.serviceLine, customerId: linked?.customerId }
    expect((await invoke('whyRecord', { body })).json()).toMatchObject({
      ...{ owner: owner.accountId, decisions: [{ outcome: 'link' }] },
    })
    const nobodys = { serviceLine: 'tv', customerId: 'nobody' }
    expect((await invoke('whyRecord', { body: nobodys })).json()).toEqual({ decisions: [] })
  })

  test('are blocked, let in and logged out', async () => {
    const { accountId } = guest
    for (const id of ['blockAccount', 'unblockAccount', 'endLogins']) {
      expect((await invoke(id, { params: { accountId } })).status).toBe(204)
      expect(codeOf(await invoke(id, { params: { accountId: 'nobody' } }))).toEqual([404, 'not-found'])
    }
    expect(await typesOf('admin.done')).toContainEqual({ operation: 'blockAccount', accountId, by: owner.accountId })
  })
})

test('links are previewed, changed, approved by somebody else, listed and undone', async () => {
  const { accountId } = await openAccount('recreated')
  const params = { accountId }
  const merge = { kind: 'merge', account: accountId, into: guest.accountId }
  expect((await invoke('previewLinkChange', { body: merge })).json()).toMatchObject({ endLogins: [accountId] })
  const proposed = await invoke('changeLinks', { body: { request: merge, reason: 'one person' } })
  const change = { changeId: `${proposed.json().id}` }
  expect(proposed.json()).toMatchObject({ state: 'proposed', by: owner.accountId })
  expect((await invoke('listProposedChanges')).json()).toMatchObject({ changes: [{ id: change.changeId }] })
  expect(codeOf(await invoke('approveLinkChange', { params: change }))).toEqual([409, 'same-person'])
  expect((await invoke('approveLinkChange', { params: change, token: other.token })).json()).toMatchObject({
    ...{ state: 'done', decidedBy: other.accountId },
  })
  expect((await invoke('showAccount', { params })).json()).toMatchObject({ mergedInto: guest.accountId })
  expect(codeOf(await invoke('withdrawLinkChange', { params: change }))).toEqual([409, 'stale'])
  const undo = { request: { kind: 'undo', change: change.changeId }, reason: 'two people' }
  expect((await invoke('changeLinks', { body: undo })).json()).toMatchObject({ kind: 'undo', undoes: change.changeId })
  expect((await invoke('showLinkChange', { params: change })).json()).toHaveProperty('undoneBy')
  expect((await invoke('listLinkChanges', { params })).json<{ changes: object[] }>().changes).toHaveLength(2)
  const again = await invoke('changeLinks', { body: { request: merge, reason: 'one person' } })
  const withdrawn = { changeId: `${again.json().id}` }
  expect((await invoke('withdrawLinkChange', { params: withdrawn })).json()).toMatchObject({ state: 'withdrawn' })
  const split = { kind: 'split', account: accountId, identities: ['none'] }
  expect(codeOf(await invoke('previewLinkChange', { body: split }))).toEqual([409, 'not-bound'])
})

test('reviews are listed, shown and decided on over a version, with the act or without; an act elsewhere closes nothing', async () => {
  const { store } = admin.running.pias
  // Whoever loses a record is logged out, so it is another one than the caller.
  const accountId = other.accountId as never
  const [link] = await store.accounts.customersOf(accountId)
  if (link === undefined) throw new Error('the account has no record')
  const customer = { serviceLine: link.serviceLine, customerId: link.customerId }
  const raise = (kind: 'record-withdrawn' | 'owner-conflict', raisedAt: number) =>
    store.reviews.raise({ matter: { kind, accountId, customer }, raisedAt, data: { method: 'match' }, events: [] })
  await raise('record-withdrawn', 1000)
  await raise('owner-conflict', 2000)
  const first = await invoke('listReviews', { query: '?limit=1' })
  expect(first.json()).toMatchObject({ reviews: [{ kind: 'record-withdrawn', accountId }], next: expect.any(String) })
  const rest = await invoke('listReviews', { query: `?cursor=${first.json().next}` })
  const [withdrawn, conflict] = [first, rest].map(answer => answer.json<{ reviews: { id: string }[] }>().reviews[0]?.id)
  const params = { reviewId: `${withdrawn}` }
  const shown = await invoke('showReview', { params })
  expect(shown.json()).toMatchObject({ facts: { method: 'match' } })
  expect(`${first.body}${shown.body}`).not.toContain(customer.customerId)
  expect(codeOf(await invoke('showReview', { params: { reviewId: 'none' } }))).toEqual([404, 'not-found'])

  const why = 'a synthetic reason'
  const unlink = { outcome: 'changed', reason: why, request: { kind: 'unlink', record: customer } }
  const decide = (body: object, headers: Record<string, string> = etagOf(shown), reviewId = `${withdrawn}`) =>
    invoke('decideReview', { params: { reviewId }, body, headers })
  expect(codeOf(await decide(unlink, {}))).toEqual([428, 'no-version'])
  expect(codeOf(await decide(unlink, { 'if-match': '"999"' }))).toEqual([412, 'stale'])
  expect(codeOf(await decide({ ...unlink, outcome: 'kept' }))).toEqual([409, 'pointless'])
  const nobodys = { serviceLine: 'tv', customerId: 'TV-NOBODY' }
  const elsewhere = { kind: 'link', account: guest.accountId, record: nobodys }
  expect(codeOf(await decide({ ...unlink, request: elsewhere }))).toEqual([409, 'other-matter'])
  const taken = { kind: 'link', account: guest.accountId, record: customer }
  expect(codeOf(await decide({ ...unlink, request: taken }))).toEqual([409, 'linked-elsewhere'])
  const foreign = { kind: 'split', account: guest.accountId, identities: ['none'] }
  expect(codeOf(await decide({ ...unlink, request: foreign }))).toEqual([409, 'not-bound'])
  expect(codeOf(await decide(unlink, etagOf(shown), 'none'))).toEqual([404, 'not-found'])
  expect(await store.accounts.customersOf(accountId)).toContainEqual(expect.objectContaining(customer))

  // One of eight that decide at once does it, and the link is ended once.
  const decided = await Promise.all(Array.from({ length: 8 }, () => decide(unlink)))
  const [done, ...more] = decided.filter(({ status }) => status === 200)
  expect(more).toEqual([])
  expect(done?.json()).toMatchObject({
    closed: { outcome: 'changed', by: owner.accountId },
    change: expect.any(String),
  })
  expect(await store.accounts.customersOf(accountId)).not.toContainEqual(expect.objectContaining(customer))
  expect(codeOf(await decide(unlink, etagOf(done as Answer)))).toEqual([409, 'closed-already'])
  const told = await typesOf('review.closed')
  expect(told).toEqual([
    { id: withdrawn, kind: 'record-withdrawn', by: owner.accountId, outcome: 'changed', reason: why },
  ])

  const undo = { outcome: 'changed', reason: why, request: { kind: 'undo', change: `${done?.json().change}` } }
  const open = await invoke('showReview', { params: { reviewId: `${conflict}` } })
  expect((await decide(undo, etagOf(open), `${conflict}`)).status).toBe(200)
  expect(await store.accounts.customersOf(accountId)).toContainEqual(expect.objectContaining(customer))
  // Both are closed; what logins raised meanwhile is about other accounts.
  const idsIn = async (query: string) =>
    (await invoke('listReviews', { query })).json<{ reviews: { id: string }[] }>().reviews.map(({ id }) => id)
  expect(await idsIn('')).not.toEqual(expect.arrayContaining([withdrawn]))
  expect(await idsIn('')).not.toEqual(expect.arrayContaining([conflict]))
  expect(await idsIn('?all=true')).toEqual(expect.arrayContaining([withdrawn, conflict]))
  other = await admin.login('thomas')
})

test('what matching would not decide is listed, newest first', async () => {
  const first = await invoke('listUndecided', { query: '?limit=1' })
  const { decisions, next } = first.json<{ decisions: { event: number; outcome: string }[]; next: string }>()
  expect(decisions).toHaveLength(1)
  const rest = await invoke('listUndecided', { query: `?cursor=${next}` })
  expect(rest.json<{ decisions: { event: number }[] }>().decisions.map(({ event }) => event)).not.toContain(
    decisions[0]?.event,
  )
})

test('rollout is read, changed over a version, and taken back', async () => {
  const params = { clientId: 'test-app' }
  expect(codeOf(await invoke('showRollout', { params: { clientId: 'nobody' } }))).toEqual([404, 'not-found'])
  const before = await invoke('showRollout', { params })
  const body = { policy: { killSwitch: true }, reason: 'a synthetic outage' }
  const changed = await invoke('setRollout', { params, body, headers: etagOf(before) })
  expect(changed.json()).toMatchObject({ policy: { killSwitch: true }, versions: [{ by: owner.accountId }] })
  expect(codeOf(await invoke('setRollout', { params, body, headers: etagOf(before) }))).toEqual([412, 'stale'])
  const reverted = await invoke('revertRollout', { params, query: '?reason=over', headers: etagOf(changed) })
  expect(reverted.json()).toMatchObject({ policy: { killSwitch: false } })
  await admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  expect((await invoke('showFunnel', { params, query: '?since=2020-01-01' })).status).toBe(200)
})

test('apps are registered with a secret that is told once, changed over a version, disabled and restored', async () => {
  const redirects = ['https://shop.example/callback']
  const metadata = { client_id: 'shop', client_name: 'Synthetic shop', redirect_uris: redirects }
  const lint = await invoke('lintClient', {
    body: { metadata: { ...metadata, redirect_uris: ['https://*.example/cb'] } },
  })
  expect(lint.json<{ errors: object[] }>().errors).toContainEqual({
    ...{ field: 'redirect_uris.0', reason: 'must not have a wildcard', fix: 'list every address as it is' },
  })
  const wrong = await invoke('createClient', { body: { preset: 'web', metadata: { ...metadata, redirect_uris: [] } } })
  expect(wrong.json()).toMatchObject({ status: 400, errors: [{ field: 'redirect_uris', fix: expect.any(String) }] })

  const elsewhere = { ...metadata, pias_upstreams: ['walet'] }
  const unknown = await invoke('createClient', { body: { preset: 'web', metadata: elsewhere } })
  expect(unknown.json()).toMatchObject({
    ...{ status: 400, errors: [{ field: 'pias_upstreams', reason: 'no upstream "walet" is configured' }] },
  })

  const headers = { 'idempotency-key': 'shop-1' }
  const made = await invoke('createClient', { body: { preset: 'web', metadata }, headers })
  expect(made.status).toBe(201)
  const { secret, client } = made.json<{ secret: string; client: { metadata: object } }>()
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(codeOf(await invoke('createClient', { body: { preset: 'web', metadata }, headers }))).toEqual([
    409,
    'told-once',
  ])
  expect(codeOf(await invoke('createClient', { body: { preset: 'web', metadata } }))).toEqual([409, 'taken'])

  const params = { clientId: 'shop' }
  const shown = await invoke('showClient', { params })
  expect(shown.body).not.toContain(secret)
  const renamed = { metadata: { ...client.metadata, client_name: 'Renamed' } }
  const changed = await invoke('replaceClient', { params, body: renamed, headers: etagOf(shown) })
  expect(changed.json()).toMatchObject({ name: 'Renamed', version: 2 })
  expect(codeOf(await invoke('replaceClient', { params, body: renamed, headers: etagOf(shown) }))).toEqual([
    412,
    'stale',
  ])
  expect(codeOf(await invoke('showClient', { params: { clientId: 'nobody' } }))).toEqual([404, 'not-found'])
  const file = await invoke('showClient', { params: { clientId: 'test-app' } })
  const ofFile = { params: { clientId: 'test-app' }, body: renamed, headers: etagOf(file) }
  expect(codeOf(await invoke('replaceClient', ofFile))).toEqual([409, 'managed'])

  const added = await invoke('addSecret', { params, body: {} })
  expect(added.status).toBe(201)
  expect(codeOf(await invoke('addSecret', { params, body: {} }))).toEqual([409, 'full'])
  const secretId = `${added.json().id}`
  expect((await invoke('removeSecret', { params: { ...params, secretId } })).status).toBe(204)
  expect(codeOf(await invoke('removeSecret', { params: { ...params, secretId } }))).toEqual([404, 'not-found'])

  const now3 = await invoke('showClient', { params })
  const disabled = await invoke('disableClient', { params, headers: etagOf(now3) })
  expect(disabled.json()).toMatchObject({ state: 'disabled' })
  expect((await invoke('restoreClient', { params, headers: etagOf(disabled) })).json()).toMatchObject({
    state: 'active',
  })
  const list = (await invoke('listClients', { query: '?limit=1' })).json<{ clients: object[]; next: string }>()
  expect(list).toMatchObject({ clients: [{ clientId: 'shop', managedBy: 'api' }], next: 'shop' })
  const rest = await invoke('listClients', { query: `?cursor=${list.next}&prefix=test` })
  expect(rest.json()).toMatchObject({ clients: [{ clientId: 'test-app', managedBy: 'file' }] })
  expect(codeOf(await invoke('createClient', { body: { metadata }, token: other.token }))).toEqual([403, 'role'])
})

test('the overview tells logins by day and app, keys with their times, and secrets that end soon', async () => {
  const expiresAt = Date.now() + 10 * 24 * 3600 * 1000
  await invoke('addSecret', { params: { clientId: 'shop' }, body: { expiresAt } })
  await admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  const answer = await invoke('showOverview', { query: '?since=2020-01-01' })
  const overview = answer.json<{ days: object[]; apps: { clientId: string }[]; keys: object[] }>()
  expect(overview).toMatchObject({ endingSecrets: [{ clientId: 'shop', expiresAt }] })
  expect(overview.days).toContainEqual(expect.objectContaining({ method: 'itsme', step: 'started' }))
  expect(overview.apps.map(({ clientId }) => clientId)).toContain('pias-admin')
  expect(overview.keys).toContainEqual(expect.objectContaining({ alg: 'ES256', state: 'current' }))
  expect(answer.body).not.toContain('"d":')
})

test('what an app would get is told for a persona, masked for an account, and for its own API', async () => {
  const params = { clientId: 'test-app' }
  const persona = await invoke('previewTokens', { params, body: {} })
  expect(persona.json()).toMatchObject({ userinfo: { sub: 'synthetic-persona', name: 'Sam Sample' } })
  const known = await invoke('previewTokens', { params, body: { account: owner.accountId, scope: 'openid profile' } })
  expect(known.json()).toMatchObject({ idToken: { sub: owner.accountId }, userinfo: { name: '…' } })
  const api = await invoke('previewTokens', {
    params: { clientId: 'pias-admin' },
    body: { account: owner.accountId, resource: admin.origin },
  })
  const {
    jti: _jti,
    gid: _gid,
    ...real
  } = JSON.parse(Buffer.from(owner.token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const { accessToken } = api.json<{ accessToken: { claims: Record<string, unknown> } }>()
  expect(accessToken).toMatchObject({ format: 'jwt', expiresIn: 300 })
  expect(Object.keys(accessToken.claims).sort()).toEqual(Object.keys(real).sort())
  const { iss, sub, aud, scope, client_id: clientId, acr } = real
  expect(accessToken.claims).toMatchObject({ iss, sub, aud, scope, client_id: clientId, acr })
  const none = { params, body: { resource: 'https://nowhere.example' } }
  expect(codeOf(await invoke('previewTokens', none))).toEqual([409, 'no-api'])
  expect(codeOf(await invoke('previewTokens', { params: { clientId: 'nobody' }, body: {} }))).toEqual([
    404,
    'not-found',
  ])
})

test('the audit is searched and exported', async () => {
  const found = await invoke('searchAudit', { query: '?type=link.created&limit=1' })
  expect(found.json()).toMatchObject({ events: [{ type: 'link.created' }], next: expect.any(String) })
  const lines = (await invoke('exportAudit', { query: '?type=account.opened' })).body.trim().split('\n')
  expect(lines.map(line => JSON.parse(line).type)).toContain('account.opened')
  expect((await invoke('exportAudit', { query: '?format=csv' })).body).toMatch(/^sequence,time/)
  expect(codeOf(await invoke('exportAudit', { token: other.token }))).toEqual([403, 'role'])
})

// The last one: it looks back at what the others did.
test('every operation that is described was called and worked', () => {
  for (const { operation } of operations()) {
    const worked = [...(answered.get(operation.operationId) ?? [])].some(status => status < 300)
    expect([operation.operationId, worked]).toEqual([operation.operationId, true])
  }
})

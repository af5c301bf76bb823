import { codeOf, etagOf, type RunningApi, SUBJECTS, startApi } from './api-client.ts'

/** The admin API: who may call it, and how it takes what it is called with. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

test('is described as OpenAPI 3.1', () => {
  expect(api.description.openapi).toBe('3.1.0')
  const ids = api.operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const subjects = (path: string) => Object.values(SUBJECTS).filter(subject => subject.test(path))
  for (const { path } of api.operations) expect([path, subjects(path).length]).toEqual([path, 1])
  expect(ids.length).toBeGreaterThan(20)
})

describe('access', () => {
  test('takes a token that PIAS issued to its own client, from a strong login', async () => {
    expect(codeOf(await api.admin.call(undefined, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    expect(codeOf(await api.admin.call('nonsense', 'GET', '/me'))).toEqual([401, 'unauthorized'])
    const [head, , signature] = api.owner.token.split('.')
    const forged = Buffer.from(JSON.stringify({ sub: 'somebody' })).toString('base64url')
    expect(codeOf(await api.admin.call(`${head}.${forged}.${signature}`, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    expect((await api.invoke('whoAmI')).json()).toEqual({ accountId: api.owner.accountId, roles: ['owner'] })
    expect(await api.eventsOf('admin.refused')).toContainEqual({ operation: 'whoAmI', code: 'unauthorized' })
  })

  test('takes a role, and a fresh login for what does harm', async () => {
    const params = { accountId: api.owner.accountId }
    expect(codeOf(await api.invoke('blockAccount', { params, token: api.other.token }))).toEqual([403, 'role'])
    expect((await api.invoke('showAccount', { params, token: api.other.token })).status).toBe(200)
    api.pass(10 * 60 * 1000)
    // The token is too old by then; somebody who logged in long ago refreshes it.
    expect((await api.admin.call(api.owner.token, 'GET', '/me')).status).toBe(200)
    const late = await api.invoke('endLogins', { params: { accountId: api.other.accountId } })
    expect(codeOf(late)).toEqual([401, 'login-too-old'])
    expect(late.headers['www-authenticate']).toContain('insufficient_user_authentication')
    api.pass(0)
  })

  test('ends with the account', async () => {
    const again = await api.admin.login('lotte')
    const { store } = api.admin.running.pias
    await store.accounts.changeAccess({ id: again.accountId as never, blocked: true, events: [] })
    expect(codeOf(await api.admin.call(again.token, 'GET', '/me'))).toEqual([401, 'unauthorized'])
    await store.accounts.changeAccess({ id: again.accountId as never, blocked: false, events: [] })
    expect((await api.admin.call(again.token, 'GET', '/me')).status).toBe(200)
  })

  test('the bootstrap code is good once', async () => {
    const code = await api.roles.prepareBootstrap('test')
    expect(codeOf(await api.invoke('bootstrap', { body: { code: 'another' } }))).toEqual([403, 'code'])
    expect((await api.invoke('bootstrap', { body: { code } })).status).toBe(204)
    expect(codeOf(await api.invoke('bootstrap', { body: { code } }))).toEqual([403, 'code'])
  })

  test('roles are given over a version, and somebody stays an owner', async () => {
    const params = { accountId: api.other.accountId }
    const body = { roles: ['linker', 'support'], reason: 'a synthetic reason' }
    const list = await api.invoke('listAdmins')
    expect(codeOf(await api.invoke('setRoles', { params, body }))).toEqual([428, 'no-version'])
    const changed = await api.invoke('setRoles', { params, body, headers: etagOf(list) })
    expect(changed.json<{ admins: object[] }>().admins).toContainEqual(
      expect.objectContaining({
        accountId: api.other.accountId,
        roles: ['linker', 'support'],
        by: api.owner.accountId,
      }),
    )
    expect(codeOf(await api.invoke('setRoles', { params, body, headers: etagOf(list) }))).toEqual([412, 'stale'])
    expect(await api.eventsOf('admin.roles-changed')).toContainEqual({ ...body, by: api.owner.accountId })
    const silent = { params, body: { roles: ['linker'] }, headers: etagOf(changed) }
    expect(codeOf(await api.invoke('setRoles', silent))).toEqual([400, 'request.invalid'])
    const nobody = { params: { accountId: 'nobody' }, body, headers: etagOf(changed) }
    expect(codeOf(await api.invoke('setRoles', nobody))).toEqual([404, 'not-found'])
    const last = {
      params: { accountId: api.owner.accountId },
      body: { roles: [], reason: 'a synthetic reason' },
      headers: etagOf(changed),
    }
    expect(codeOf(await api.invoke('setRoles', last))).toEqual([409, 'last-owner'])
  })
})

describe('requests', () => {
  test('what is not described is not answered', async () => {
    expect(codeOf(await api.admin.call(api.owner.token, 'GET', '/secrets'))).toEqual([404, 'not-found'])
    const method = await api.admin.call(api.owner.token, 'DELETE', '/me')
    expect([...codeOf(method), method.headers.allow]).toEqual([405, 'method', 'GET'])
    expect(codeOf(await api.admin.call(api.owner.token, 'GET', '/me?verbose=1'))).toEqual([400, 'request.invalid'])
    const wrong = await api.admin.call(api.owner.token, 'GET', '/audit/events?limit=0&extra=1')
    expect(wrong.json()).toMatchObject({
      status: 400,
      errors: [
        { field: 'query.limit', reason: 'must be at least 1', fix: 'choose 1 or more' },
        { field: 'query', reason: 'has no field extra', fix: 'remove it, or correct its spelling' },
      ],
    })
    expect((await api.admin.call(api.owner.token, 'POST', '/accounts/search', { body: {} })).json()).toMatchObject({
      errors: [{ field: 'body', reason: expect.stringContaining('customerNumber'), fix: 'leave the others out' }],
    })
    const headers = { 'content-type': 'application/json' }
    const notJson = await fetch(`${api.admin.origin}/api/accounts/search`, { method: 'POST', headers, body: '{' })
    expect(notJson.status).toBe(400)
    const large = JSON.stringify({ customerNumber: 'x'.repeat(300_000) })
    expect(
      (await fetch(`${api.admin.origin}/api/accounts/search`, { method: 'POST', headers, body: large })).status,
    ).toBe(413)
    expect((await fetch(`http://127.0.0.1:${new URL(api.admin.origin).port}/openapi.json`)).status).toBe(421)
  })

  test('one Idempotency-Key, one act: 16 at once', async () => {
    const { accountId } = api.guest
    const record = { serviceLine: 'tv', customerId: 'TV-IDEMPOTENT' }
    const body = { request: { kind: 'link', account: accountId, record }, reason: 'a synthetic reason' }
    const headers = { 'idempotency-key': 'key-1' }
    const answers = await Promise.all(Array.from({ length: 16 }, () => api.invoke('changeLinks', { body, headers })))
    const done = answers.filter(({ status }) => status === 200)
    expect(done.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status !== 200).every(one => one.json().code === 'in-progress')).toBe(true)
    expect(new Set(done.map(one => one.json().id)).size).toBe(1)
    expect((await api.invoke('changeLinks', { body, headers })).json().id).toBe(done[0]?.json().id)
    const others = { ...body, reason: 'another reason' }
    expect(codeOf(await api.invoke('changeLinks', { body: others, headers }))).toEqual([422, 'key-used'])
    const undo = { request: { kind: 'undo', change: done[0]?.json().id }, reason: 'tidy' }
    expect((await api.invoke('changeLinks', { body: undo })).status).toBe(200)
  })
})

test('the audit is searched and exported', async () => {
  const found = await api.invoke('searchAudit', { query: '?type=link.created&limit=1' })
  expect(found.json()).toMatchObject({ events: [{ type: 'link.created' }], next: expect.any(String) })
  const lines = (await api.invoke('exportAudit', { query: '?type=account.opened' })).body.trim().split('\n')
  expect(lines.map(line => JSON.parse(line).type)).toContain('account.opened')
  expect((await api.invoke('exportAudit', { query: '?format=csv' })).body).toMatch(/^sequence,time/)
  expect(codeOf(await api.invoke('exportAudit', { token: api.other.token }))).toEqual([403, 'role'])
})

test('numbers of people are in an export for a reason alone, which the trail knows first', async () => {
  const customerId = 'MOB-SYNTHETIC-77'
  const { audit } = api.admin.running.pias.store
  await audit.append([{ at: Date.now(), type: 'review.opened', accountId: 'synthetic', data: { customerId } }])
  const masked = await api.invoke('exportAudit', { query: '?account=synthetic' })
  expect(masked.body).toContain('…-77')
  expect(masked.body).not.toContain(customerId)
  expect(codeOf(await api.invoke('revealAudit', { body: { account: 'synthetic' } }))).toEqual([400, 'request.invalid'])
  const shown = await api.invoke('revealAudit', { body: { account: 'synthetic', reason: 'a synthetic complaint' } })
  expect(JSON.parse(shown.body.trim())).toMatchObject({ data: { customerId } })
  expect(await api.eventsOf('audit.revealed')).toEqual([{ by: api.owner.accountId, reason: 'a synthetic complaint' }])
})

// The last one: it looks back at what the others did.
test('every operation about access and the audit that is described was called and worked, and answers its problems', async () => {
  expect(api.untried('access')).toEqual([])
  await api.callWrongly('access')
  expect(api.unanswered('access')).toEqual([])
})

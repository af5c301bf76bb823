import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { codeOf, etagOf, type RunningApi, startApi } from './api-client.ts'

/** Apps, their rollout and what they would get, over the admin API. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

test('rollout is read, changed over a version, and taken back', async () => {
  const params = { clientId: 'test-app' }
  expect(codeOf(await api.invoke('showRollout', { params: { clientId: 'nobody' } }))).toEqual([404, 'not-found'])
  const before = await api.invoke('showRollout', { params })
  expect(before.json()).toMatchObject({ fromFile: false })
  expect(before.json()).not.toHaveProperty('before')
  const none = await api.invoke('revertRollout', { params, query: '?reason=over', headers: etagOf(before) })
  expect(codeOf(none)).toEqual([409, 'nothing'])
  const body = { policy: { killSwitch: true }, reason: 'a synthetic outage' }
  const changed = await api.invoke('setRollout', { params, body, headers: etagOf(before) })
  expect(changed.json()).toMatchObject({ policy: { killSwitch: true }, versions: [{ by: api.owner.accountId }] })
  // What going back would bring is told before it is done.
  expect(changed.json()).toMatchObject({ before: { policy: { killSwitch: false }, stored: false } })
  expect(codeOf(await api.invoke('setRollout', { params, body, headers: etagOf(before) }))).toEqual([412, 'stale'])
  const reverted = await api.invoke('revertRollout', { params, query: '?reason=over', headers: etagOf(changed) })
  expect(reverted.json()).toMatchObject({ policy: { killSwitch: false } })
  await api.admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  expect((await api.invoke('showFunnel', { params, query: '?since=2020-01-01' })).status).toBe(200)
  expect((await api.invoke('showDecisions', { params, query: '?since=2020-01-01' })).status).toBe(200)
})

test('apps are registered with a secret that is told once, changed over a version, disabled and restored', async () => {
  const redirects = ['https://shop.example/callback']
  const metadata = { client_id: 'shop', client_name: 'Synthetic shop', redirect_uris: redirects }
  const lint = await api.invoke('lintClient', {
    body: { metadata: { ...metadata, redirect_uris: ['https://*.example/cb'] } },
  })
  expect(lint.json<{ errors: object[] }>().errors).toContainEqual({
    field: 'redirect_uris.0',
    reason: 'must not have a wildcard',
    fix: 'list every address as it is',
  })
  const wrong = await api.invoke('createClient', {
    body: { preset: 'web', metadata: { ...metadata, redirect_uris: [] } },
  })
  expect(wrong.json()).toMatchObject({ status: 400, errors: [{ field: 'redirect_uris', fix: expect.any(String) }] })

  const elsewhere = { ...metadata, pias_upstreams: ['walet'] }
  const unknown = await api.invoke('createClient', { body: { preset: 'web', metadata: elsewhere } })
  expect(unknown.json()).toMatchObject({
    status: 400,
    errors: [{ field: 'pias_upstreams', reason: 'no upstream "walet" is configured' }],
  })

  const tooLong = { ...metadata, token_endpoint_auth_method: 'none', pias_lifetimes: { accessToken: 601 } }
  expect((await api.invoke('lintClient', { body: { metadata: tooLong } })).json<{ errors: object[] }>().errors).toEqual(
    [
      {
        field: 'pias_lifetimes.accessToken',
        reason: 'must be at most 600 seconds, which lifetimes.accessToken of the configuration says',
        fix: 'choose less, or leave it out: it is as for all apps then',
      },
    ],
  )

  const headers = { 'idempotency-key': 'shop-1' }
  const made = await api.invoke('createClient', { body: { preset: 'web', metadata }, headers })
  expect(made.status).toBe(201)
  const { secret, client } = made.json<{ secret: string; client: { metadata: object } }>()
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(codeOf(await api.invoke('createClient', { body: { preset: 'web', metadata }, headers }))).toEqual([
    409,
    'told-once',
  ])
  expect(codeOf(await api.invoke('createClient', { body: { preset: 'web', metadata } }))).toEqual([409, 'taken'])

  const params = { clientId: 'shop' }
  const shown = await api.invoke('showClient', { params })
  expect(shown.body).not.toContain(secret)
  const renamed = { metadata: { ...client.metadata, client_name: 'Renamed' } }
  const changed = await api.invoke('replaceClient', { params, body: renamed, headers: etagOf(shown) })
  expect(changed.json()).toMatchObject({ name: 'Renamed', version: 2 })
  expect(codeOf(await api.invoke('replaceClient', { params, body: renamed, headers: etagOf(shown) }))).toEqual([
    412,
    'stale',
  ])
  expect(codeOf(await api.invoke('showClient', { params: { clientId: 'nobody' } }))).toEqual([404, 'not-found'])
  const file = await api.invoke('showClient', { params: { clientId: 'test-app' } })
  const ofFile = { params: { clientId: 'test-app' }, body: renamed, headers: etagOf(file) }
  expect(codeOf(await api.invoke('replaceClient', ofFile))).toEqual([409, 'managed'])

  const added = await api.invoke('addSecret', { params, body: {} })
  expect(added.status).toBe(201)
  expect(codeOf(await api.invoke('addSecret', { params, body: {} }))).toEqual([409, 'full'])
  const past = await api.invoke('addSecret', { params, body: { expiresAt: Date.now() - 1 } })
  expect(past.json()).toMatchObject({
    status: 400,
    errors: [{ field: 'body.expiresAt', reason: 'must be in the future' }],
  })
  const secretId = `${added.json().id}`
  expect((await api.invoke('removeSecret', { params: { ...params, secretId } })).status).toBe(204)
  expect(codeOf(await api.invoke('removeSecret', { params: { ...params, secretId } }))).toEqual([404, 'not-found'])

  const now3 = await api.invoke('showClient', { params })
  const disabled = await api.invoke('disableClient', { params, headers: etagOf(now3) })
  expect(disabled.json()).toMatchObject({ state: 'disabled' })
  expect((await api.invoke('restoreClient', { params, headers: etagOf(disabled) })).json()).toMatchObject({
    state: 'active',
  })
  const list = (await api.invoke('listClients', { query: '?limit=1' })).json<{ clients: object[]; next: string }>()
  expect(list).toMatchObject({ clients: [{ clientId: 'shop', managedBy: 'api' }], next: 'shop' })
  const rest = await api.invoke('listClients', { query: `?cursor=${list.next}&prefix=test` })
  expect(rest.json()).toMatchObject({ clients: [{ clientId: 'test-app', managedBy: 'file' }] })
  expect(codeOf(await api.invoke('createClient', { body: { metadata }, token: api.other.token }))).toEqual([
    403,
    'role',
  ])
})

test('the list goes on after rows that only hold secrets of files, and leaves nothing out', async () => {
  const { clients } = api.admin.running.pias.store
  const put = (clientId: string, managedBy: 'file' | 'api') => {
    const metadata = { client_id: clientId, client_name: clientId, redirect_uris: ['https://row.example/cb'] }
    const times = { createdAt: 0, updatedAt: 0 }
    return clients.put({ clientId, version: 1, state: 'active', managedBy, metadata, secrets: [], ...times }, [])
  }
  // Before and after the app of a file, and an app behind them.
  for (const id of ['a-gone-1', 'a-gone-2', 'u-gone-1', 'u-gone-2']) await put(id, 'file')
  for (const id of ['b-app', 'v-app']) await put(id, 'api')
  const walk = async (limit: number): Promise<string[]> => {
    const found: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await api.invoke('listClients', { query: `?limit=${limit}&cursor=${cursor}` })
      const page: { clients: { clientId: string }[]; next?: string } = answer.json()
      expect(page.clients.length).toBeLessThanOrEqual(limit)
      found.push(...page.clients.map(({ clientId }) => clientId))
      cursor = page.next
    }
    return found
  }
  const all = await walk(200)
  expect(all.filter(id => ['b-app', 'test-app', 'v-app'].includes(id))).toEqual(['b-app', 'test-app', 'v-app'])
  expect([await walk(1), await walk(2), await walk(3)]).toEqual([all, all, all])
})

test('the overview tells logins by day and app, keys with their times, and secrets that end soon', async () => {
  const expiresAt = Date.now() + 10 * 24 * 3600 * 1000
  await api.invoke('addSecret', { params: { clientId: 'shop' }, body: { expiresAt } })
  await api.admin.running.pias.jobs.find(({ name }) => name === 'funnel')?.run()
  const answer = await api.invoke('showOverview', { query: '?since=2020-01-01' })
  const overview = answer.json<{ days: object[]; apps: { clientId: string }[]; keys: object[] }>()
  expect(overview).toMatchObject({ endingSecrets: [{ clientId: 'shop', expiresAt }] })
  const { clients } = api.admin.running.pias.store
  for (let index = 0; index < 120; index += 1) {
    const ended = { id: 'ended', hash: 'synthetic', createdAt: 0, expiresAt: 1 + index }
    const clientId = `ended-${index}`
    const metadata = { client_id: clientId, client_name: clientId, redirect_uris: ['https://ended.example/cb'] }
    const app = { clientId, version: 1, state: 'disabled', managedBy: 'api', metadata } as const
    await clients.put({ ...app, secrets: [ended], createdAt: 0, updatedAt: 0 }, [])
  }
  const later = await api.invoke('showOverview', { query: '?since=2020-01-01' })
  const { endingSecrets } = later.json<{ endingSecrets: { clientId: string }[] }>()
  // What ended last is told, and never instead of what ends next.
  expect(endingSecrets.map(({ clientId }) => clientId)).toEqual(expect.arrayContaining(['ended-119', 'shop']))
  expect(endingSecrets.length).toBeLessThan(120)
  expect(overview.days).toContainEqual(expect.objectContaining({ method: 'itsme', step: 'started' }))
  expect(overview.apps.map(({ clientId }) => clientId)).toContain('pias-admin')
  expect(overview.keys).toContainEqual(expect.objectContaining({ alg: 'ES256', state: 'current' }))
  expect(answer.body).not.toContain('"d":')
})

test('what an app would get is told for a persona, masked for an account, and for its own API', async () => {
  const params = { clientId: 'test-app' }
  const persona = await api.invoke('previewTokens', { params, body: {} })
  expect(persona.json()).toMatchObject({ userinfo: { sub: 'synthetic-persona', name: 'Sam Sample' } })
  const known = await api.invoke('previewTokens', {
    params,
    body: { account: api.owner.accountId, scope: 'openid profile' },
  })
  expect(known.json()).toMatchObject({ idToken: { sub: api.owner.accountId }, userinfo: { name: '…' } })
  const ofApi = await api.invoke('previewTokens', {
    params: { clientId: 'pias-admin' },
    body: { account: api.owner.accountId, resource: api.admin.origin },
  })
  const {
    jti: _jti,
    gid: _gid,
    ...real
  } = JSON.parse(Buffer.from(api.owner.token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
  const { accessToken } = ofApi.json<{ accessToken: { claims: Record<string, unknown> } }>()
  expect(accessToken).toMatchObject({ format: 'jwt', expiresIn: 300 })
  expect(Object.keys(accessToken.claims).sort()).toEqual(Object.keys(real).sort())
  const { iss, sub, aud, scope, client_id: clientId, acr } = real
  expect(accessToken.claims).toMatchObject({ iss, sub, aud, scope, client_id: clientId, acr })
  const none = { params, body: { resource: 'https://nowhere.example' } }
  expect(codeOf(await api.invoke('previewTokens', none))).toEqual([409, 'no-api'])
  expect(codeOf(await api.invoke('previewTokens', { params: { clientId: 'nobody' }, body: {} }))).toEqual([
    404,
    'not-found',
  ])
})

test('what an app would get is told of one that was registered a moment ago', async () => {
  const metadata = { client_id: 'just-now', client_name: 'Synthetic app', redirect_uris: ['https://app.example/cb'] }
  expect((await api.invoke('createClient', { body: { preset: 'web', metadata } })).status).toBe(201)
  const told = await api.invoke('previewTokens', { params: { clientId: 'just-now' }, body: {} })
  expect([told.status, told.json()]).toMatchObject([200, { idToken: { aud: 'just-now' } }])
})

test('code of an app, and its rollout, are those that were saved a moment ago', async () => {
  // Nobody asks anything of the issuer meanwhile, which would bring in what was saved.
  const params = { clientId: 'fresh' }
  const metadata = { client_id: 'fresh', client_name: 'Synthetic app', redirect_uris: ['https://app.example/cb'] }
  const codeOfApp = async () => (await api.invoke('listQuickstarts', { params })).body
  const made = await api.invoke('createClient', { body: { preset: 'web', metadata } })
  expect(await codeOfApp()).toContain('https://app.example/cb')

  const given = made.json<{ client: { metadata: object } }>().client.metadata
  const body = { metadata: { ...given, redirect_uris: ['https://moved.example/cb'] } }
  const moved = await api.invoke('replaceClient', { params, body, headers: etagOf(made) })
  expect(await codeOfApp()).toContain('https://moved.example/cb')

  const killSwitch = async () =>
    (await api.invoke('showRollout', { params })).json<{ policy: { killSwitch: boolean } }>().policy.killSwitch
  expect(await killSwitch()).toBe(false)
  // As `pias apply`, or another node, writes it.
  const { clients } = api.admin.running.pias.store
  const stored = await clients.find('fresh')
  if (stored === undefined) throw new Error('there is no such client')
  const applied = { ...body.metadata, pias_rollout: { killSwitch: true } }
  await clients.put({ ...stored, metadata: applied, version: stored.version + 1 }, [])
  expect(await killSwitch()).toBe(true)

  expect(codeOf(await api.invoke('disableClient', { params, headers: etagOf(moved) }))).toEqual([412, 'stale'])
  const now = await api.invoke('showClient', { params })
  await api.invoke('disableClient', { params, headers: etagOf(now) })
  expect(codeOf(await api.invoke('listQuickstarts', { params }))).toEqual([404, 'not-found'])
})

test('APIs are listed with their scopes, that of PIAS itself too', async () => {
  const { apis } = (await api.invoke('listApis')).json<{ apis: { audience: string; managedBy: string }[] }>()
  expect(apis).toEqual([
    expect.objectContaining({
      audience: api.admin.origin,
      managedBy: 'pias',
      format: 'jwt',
      scopes: expect.any(Array),
    }),
  ])
})

test('code for an app is filled in, and says whether a test runs it', async () => {
  const told = await api.invoke('listQuickstarts', { params: { clientId: 'test-app' } })
  const { quickstarts } = told.json<{ quickstarts: { stack: string; tested: boolean; code: string }[] }>()
  expect(quickstarts.map(({ stack, tested }) => [stack, tested])).toEqual([
    ['openid-client', true],
    ['auth-js', false],
    ['spring-boot', false],
  ])
  for (const { code } of quickstarts) expect(code).toContain(api.admin.running.issuer)
  const nobody = await api.invoke('listQuickstarts', { params: { clientId: 'nobody' } })
  expect(codeOf(nobody)).toEqual([404, 'not-found'])
})

test('a test login as an app: begun, answered in a browser, and told without its tokens', async () => {
  const params = { clientId: 'test-app' }
  const begun = await api.invoke('beginTrial', { params, body: { scope: 'openid profile', locale: 'en' } })
  const { url } = begun.json<{ url: string }>()
  const callback = `${api.admin.origin}/trial/callback`
  const browser = createHttpBrowser()
  const upstream = (await browser.get(url)).location
  const answers = await browser.follow(asPersona(upstream, 'lotte'), location => location.startsWith(callback))
  const answer = Object.fromEntries(new URL(answers.at(-1)?.location ?? '').searchParams)
  expect(codeOf(await api.invoke('finishTrial', { body: { answer }, token: api.other.token }))).toEqual([403, 'role'])
  const told = await api.invoke('finishTrial', { body: { answer } })
  const { accountId } = api.owner
  expect(told.json()).toMatchObject({
    clientId: 'test-app',
    own: true,
    userinfo: { sub: accountId, name: expect.stringContaining('Lotte') },
    idToken: { header: { alg: 'ES256' }, claims: { sub: accountId } },
    accessToken: { format: 'opaque', scope: 'openid profile' },
    introspection: { active: true, sub: accountId },
  })
  expect(codeOf(await api.invoke('finishTrial', { body: { answer: { state: 'made.up' } } }))).toEqual([
    404,
    'not-found',
  ])
  const nobody = { params: { clientId: 'nobody' }, body: {} }
  expect(codeOf(await api.invoke('beginTrial', nobody))).toEqual([404, 'not-found'])
  const refused = await api.invoke('beginTrial', { params, body: { resource: 'https://nowhere.example' } })
  expect(refused.json()).toMatchObject({ at: 'request', code: 'invalid_target', fix: expect.any(String) })
})

test('a test login that PIAS does not answer itself is told as such, and when to try again', async () => {
  const { pias } = api.admin.running
  const { handle } = pias
  Object.assign(pias, { handle: (_: unknown, response: { destroy: () => void }) => response.destroy() })
  try {
    const away = await api.invoke('beginTrial', { params: { clientId: 'test-app' }, body: {} })
    expect([...codeOf(away), away.headers['retry-after']]).toEqual([503, 'away', '5'])
  } finally {
    Object.assign(pias, { handle })
  }
})

// The last one: it looks back at what the others did.
test('every operation about apps that is described was called and worked, and answers its problems', async () => {
  expect(api.untried('apps')).toEqual([])
  await api.callWrongly('apps')
  expect(api.unanswered('apps')).toEqual([])
})

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { makePrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { createRegisteredClients } from '#src/provider/registration/registered-clients.ts'
import { createAdapter } from '#src/provider/store/adapter.ts'
import { createRedemptions } from '#src/provider/store/redemption.ts'
import { createRefreshSuccession, type RefreshSuccession } from '#src/provider/store/refresh-succession.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore } from '#src/store/registry.ts'
import { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'

/** The adapter over a real store whose clock the test holds. */
const CLIENT = clientMetadataSchema.parse({
  client_id: 'app',
  client_name: 'Synthetic app',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1:9/callback'],
})
/** May use a grant type that no client file can name. */
const PROBE = {
  ...CLIENT,
  client_id: 'probe',
  scope: 'openid',
  grant_types: ['authorization_code', 'urn:test:find'] as never,
}
const CODE = { kind: 'AuthorizationCode', grantId: 'grant', accountId: 'someone', exp: 4_000_000_000 } as AdapterPayload

const registered = () =>
  createRegisteredClients({
    clients: store.clients,
    registrations: new WeakMap(),
    refreshClients: async () => undefined,
    clock: () => now,
  })

let dir: string
let store: Store
let now: number
let adapterOf: (model: string) => Adapter
let succession: RefreshSuccession
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-adapter-'))
  now = 1_795_300_000_000
  store = await openStore({ kind: 'sqlite' } as never, { dataDir: dir, clock: () => now })
  succession = createRefreshSuccession({ secret: 'a synthetic secret', grants: store.grants, clock: () => now })
  adapterOf = createAdapter({
    artifacts: store.artifacts,
    grants: store.grants,
    redemptions: createRedemptions(createUnitOfWork(store)),
    succession,
    expect: () => undefined,
    refreshClients: async () => undefined,
    limitRequests: () => undefined,
    findClient: clientId => [CLIENT, PROBE].find(client => client.client_id === clientId),
    registered: registered(),
    clock: () => now,
  })
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

describe('artifacts', () => {
  test('are found by id, uid and user code until they expire or are destroyed', async () => {
    const adapter = adapterOf('Session')
    await adapter.upsert('id', { uid: 'u', userCode: 'c', accountId: 'someone' }, 60)
    for (const found of [await adapter.find('id'), await adapter.findByUid('u'), await adapter.findByUserCode('c')]) {
      expect(found).toMatchObject({ accountId: 'someone' })
    }
    expect(await adapterOf('Interaction').find('id')).toBeUndefined()
    now += 60_000
    expect(await adapter.find('id')).toBeUndefined()
    await adapter.upsert('id', { uid: 'u' }, 60)
    await adapter.destroy('id')
    expect(await adapter.find('id')).toBeUndefined()
  })

  test('of 16 parallel consumers one wins, the others get invalid_grant', async () => {
    const adapter = adapterOf('AuthorizationCode')
    await adapter.upsert('code', CODE, 60)
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => adapter.consume('code')))
    const reasons = outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason.error : 'won')).sort()
    expect(reasons).toEqual([...Array(15).fill('invalid_grant'), 'won'])
    expect(await adapter.find('code')).toMatchObject({ consumed: now / 1000 })
  })

  test('of a revoked grant are gone, those of others are not', async () => {
    const adapter = adapterOf('RefreshToken')
    await adapter.upsert('one', { grantId: 'a' }, 60)
    await adapter.upsert('two', { grantId: 'b' }, 60)
    await adapter.revokeByGrantId('a')
    expect([await adapter.find('one'), await adapter.find('two')]).toEqual([undefined, { grantId: 'b' }])
  })

  test('that must not revive are kept in the durable part: grants and refresh tokens', async () => {
    for (const model of ['Grant', 'RefreshToken', 'AuthorizationCode', 'Session']) {
      await adapterOf(model).upsert('id', { accountId: model }, 60)
      const durable = await store.grants.find(model, 'id')
      expect([model, durable !== undefined]).toEqual([model, ['Grant', 'RefreshToken'].includes(model)])
    }
  })

  test('out of reach are a 503 that oidc-provider can tell', async () => {
    const failing = createAdapter({
      artifacts: { ...store.artifacts, find: () => Promise.reject(new PiasError('store.unavailable', 'disk full')) },
      grants: store.grants,
      redemptions: createRedemptions(createUnitOfWork(store)),
      succession,
      expect: () => undefined,
      refreshClients: async () => undefined,
      limitRequests: () => undefined,
      findClient: () => undefined,
      registered: registered(),
      clock: () => now,
    })('Session')
    await expect(failing.find('id')).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      statusCode: 503,
      error_description: expect.not.stringContaining('disk'),
    })
  })
})

describe('the race window of the token endpoint', () => {
  /** A provider whose only grant tells what its adapter finds: that is what the endpoint would decide on. */
  const findAtTokenEndpoint = async (): Promise<unknown> => {
    const provider = new Provider('http://localhost', {
      adapter: adapterOf,
      clientAuthMethods: ['none'],
      cookies: { keys: ['a synthetic key'] },
      features: { devInteractions: { enabled: false } },
      jwks: { keys: [await makePrivateJwk('ES256'), await makePrivateJwk('RS256')] as never },
    })
    provider.registerGrantType('urn:test:find', async ctx => {
      ctx.body = { found: (await adapterOf('AuthorizationCode').find('code')) ?? null }
    })
    const server = createServer(provider.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
    const form = { client_id: PROBE.client_id, grant_type: 'urn:test:find' }
    const answer = await createHttpBrowser().post(url, form, { accept: 'application/json' })
    server.close()
    await once(server, 'close')
    return answer.json().found
  }

  test('hides a consumed code for 1 s, so that losers revoke nothing; then shows it as consumed', async () => {
    const adapter = adapterOf('AuthorizationCode')
    await adapter.upsert('code', CODE, 60)
    expect(await findAtTokenEndpoint()).toEqual(CODE)
    await adapter.consume('code')
    const consumed = { ...CODE, consumed: now / 1000 }
    for (const [milliseconds, found] of [
      [0, null],
      [999, null],
      [1, consumed],
      [50_000, consumed],
    ] as const) {
      now += milliseconds
      expect([milliseconds, await findAtTokenEndpoint()]).toEqual([milliseconds, found])
    }
  })

  test('is open nowhere else', async () => {
    const adapter = adapterOf('AuthorizationCode')
    await adapter.upsert('code', CODE, 60)
    await adapter.consume('code')
    expect(await adapter.find('code')).toEqual({ ...CODE, consumed: now / 1000 })
  })
})

describe('clients', () => {
  test('are read from the registry, and written by a registration alone', async () => {
    const adapter = adapterOf('Client')
    expect(await adapter.find('app')).toMatchObject({ client_id: 'app', token_endpoint_auth_method: 'none' })
    expect(await adapter.find('other')).toBeUndefined()
    await expect(adapter.upsert('app', {}, 1)).rejects.toThrow('by a registration alone')
    await adapter.destroy('app')
    expect(await adapter.find('app')).toBeDefined()
  })
})

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Provider from 'oidc-provider'
import { makePrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { createReadAhead, type ReadAhead } from '#src/provider/store/read-ahead.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'

const ID = 'someone' as AccountId
const CLIENT = {
  client_id: 'probe',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1:9/callback'],
  grant_types: ['authorization_code', 'urn:test:do'],
} as const

let dir: string
let store: Store
let server: Server
let ahead: ReadAhead
/** What the store was asked for, in its order. */
let asked: string[]
/** What the next request does. */
let work: () => Promise<unknown>

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-ahead-'))
  store = await openSqliteStore({ dataDir: dir, clock: Date.now })
  const account = { id: ID, createdAt: 1, updatedAt: 1, claims: { name: 'Synthetic' } }
  const identity = { issuer: 'i', clientId: 'c', subject: 's' }
  await store.accounts.open({ account, identity, customers: [], events: [] })
  await store.grants.upsert('Grant', 'g', { n: 1 }, 60, {})
  asked = []
  const noting =
    <Values extends unknown[], Result>(read: (...values: Values) => Promise<Result>) =>
    (...values: Values) => {
      asked.push(values.join(' '))
      return read(...values)
    }
  ahead = createReadAhead({
    accounts: { find: noting(store.accounts.find) },
    grants: { ...store.grants, find: noting(store.grants.find) },
  })
  const provider = new Provider('http://localhost', {
    // Never written to: nothing of the library's is kept in this test.
    adapter: () => ({ find: async () => CLIENT }) as never,
    clientAuthMethods: ['none'],
    cookies: { keys: ['a synthetic key'] },
    features: { devInteractions: { enabled: false } },
    jwks: { keys: [await makePrivateJwk('ES256'), await makePrivateJwk('RS256')] as never },
  })
  provider.registerGrantType('urn:test:do', async ctx => {
    ctx.body = { done: (await work()) ?? null }
  })
  server = createServer(provider.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.close()
  await once(server, 'close')
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Does something within a request of its own. */
const inRequest = async (doing: typeof work): Promise<unknown> => {
  work = doing
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const form = { client_id: CLIENT.client_id, grant_type: 'urn:test:do' }
  const answer = await createHttpBrowser().post(url, form, { accept: 'application/json' })
  return answer.json().done
}

const findBoth = async () => [
  (await ahead.grants.find('Grant', 'g'))?.payload,
  (await ahead.findAccount(ID))?.claims.name,
]

test('both are read at once, and given to the first who asks; the next is read anew', async () => {
  const found = await inRequest(async () => {
    ahead.expect({ grantId: 'g', accountId: ID })
    asked.push('expected')
    const first = await findBoth()
    asked.push('given')
    return [first, await findBoth()]
  })
  expect(found).toEqual([
    [{ n: 1 }, 'Synthetic'],
    [{ n: 1 }, 'Synthetic'],
  ])
  expect(asked).toEqual(['Grant g', 'someone', 'expected', 'given', 'Grant g', 'someone'])
})

test('what was ended since is given neither to the next request nor to the next who asks', async () => {
  await inRequest(async () => ahead.expect({ grantId: 'g', accountId: ID }))
  await store.grants.destroy('Grant', 'g')
  await store.accounts.erase({ id: ID, erasedAt: 2, events: [] })
  expect(await inRequest(findBoth)).toEqual([null, null])
})

test('what the request writes is what it finds', async () => {
  const found = await inRequest(async () => {
    ahead.expect({ grantId: 'g' })
    await ahead.grants.upsert('Grant', 'g', { n: 2 }, 60, {})
    const written = await ahead.grants.find('Grant', 'g')
    ahead.expect({ grantId: 'g' })
    await ahead.grants.destroy('Grant', 'g')
    return [written?.payload, (await ahead.grants.find('Grant', 'g')) ?? 'none']
  })
  expect(found).toEqual([{ n: 2 }, 'none'])
})

test('outside of a request nothing is read ahead', async () => {
  ahead.expect({ grantId: 'g', accountId: ID })
  expect(asked).toEqual([])
  expect(await findBoth()).toEqual([{ n: 1 }, 'Synthetic'])
})

test('a failure is told to whoever asks, and to nobody else', async () => {
  await store.close()
  const failed = await inRequest(async () => {
    ahead.expect({ grantId: 'g', accountId: ID })
    return ahead.grants.find('Grant', 'g').catch(({ code }) => code)
  })
  expect(failed).toBe('store.unavailable')
})

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { AUTHOR } from '#test/support/author.ts'
import { createKey, signAssertion } from '#test/support/fapi-client.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, createTestApp, logIn, REDIRECT_URI, redeem } from '#test/support/log-in.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { until } from '#test/support/until.ts'

/**
 * Every address that a client names is called through the guard: a name that leads into the house is asked for, and nothing
 * is sent. The same with a name that may be called in development shows that there is a call (ADR 0047).
 */
const INSIDE = 'inside.example'
const HERE = 'here.example'
const NAMES: Readonly<Record<string, readonly string[]>> = {
  [INSIDE]: ['93.184.216.34', '10.0.0.7'],
  [HERE]: ['127.0.0.1'],
}
const REGISTRATION = { policies: { any: {} } }
const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

let trap: Server
let connections = 0
let asked: string[] = []
let running: RunningPias
let registering = ''
const home = (name: string): string => `https://${name}:${(trap.address() as AddressInfo).port}/`

/** A client whose addresses are all at one name. */
const clientAt = (name: string) => ({ ...TEST_CLIENT, client_id: `app-at-${name}`, backchannel_logout_uri: home(name) })
const toldAt = (name: string) => ({ ...TEST_CLIENT, client_id: `told-at-${name}`, pias_webhook_uri: home(name) })
const keysAt = (name: string) => {
  const { client_secret: _secret, ...client } = TEST_CLIENT
  return {
    ...client,
    client_id: `keys-at-${name}`,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: home(name),
  }
}

beforeAll(async () => {
  trap = createServer(socket => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(trap, 'listening')
  running = await startPias({
    clients: [INSIDE, HERE].flatMap(name => [clientAt(name), toldAt(name), keysAt(name)]),
    config: { registration: REGISTRATION },
    resolveName: async name => {
      asked.push(name)
      return (NAMES[name] ?? []).map(address => ({ address, family: 4 }))
    },
  })
  registering = await initialAccessToken()
})
afterAll(async () => {
  await running.close()
  trap.close()
})
beforeEach(() => {
  connections = 0
  asked = []
})

const logInAt = async (client: typeof TEST_CLIENT, persona = 'lotte') => {
  const [app, browser] = [createTestApp(running, client), createHttpBrowser()]
  const request = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, request.url, persona), request)
  return { accountId: claimsOf(tokens.id_token).sub as AccountId }
}

/** Ends a person's logins. @returns why the app was not told */
const toldOfLogout = async (name: string): Promise<unknown> => {
  const { store } = running.pias
  const { accountId } = await logInAt(clientAt(name))
  await createAccountAccess({ ...store, clock: Date.now }).endLogins(accountId, AUTHOR)
  const failures = async () => {
    await runJobs(running.pias, ['logout delivery'])
    return store.audit.search({ type: 'logout.failed', clientId: clientAt(name).client_id, limit: 1 })
  }
  await until(async () => (await failures()).length > 0)
  const [failure] = await failures()
  return (failure?.data as { reason?: string } | undefined)?.reason
}

/** What the log of the last such request has as its first cause. */
const causeOf = (of: { client?: string; route?: string }): unknown => {
  const [name, value] = Object.entries(of)[0] ?? []
  const fields = running.log.map(line => line.fields as Record<string, unknown>)
  return fields.findLast(one => one[`${name}`] === value)?.cause
}

/** Logs a client in by its key. @returns what was found wrong */
const keysFetched = async (name: string): Promise<unknown> => {
  const { client_id: id } = keysAt(name)
  const form = { grant_type: 'refresh_token', refresh_token: 'x' }
  const answer = await createHttpBrowser().post(
    `${running.issuer}/token`,
    { ...form, ...(await signAssertion(id, running.issuer, await createKey())) },
    { accept: 'application/json' },
  )
  expect([answer.status, answer.json()]).toMatchObject([401, { error: 'invalid_client' }])
  return causeOf({ client: id })
}

const initialAccessToken = async (): Promise<string> => {
  const configFile = join(running.dataDir, '..', 'registration.json')
  writeFileSync(configFile, JSON.stringify({ registration: REGISTRATION }))
  const env = { PATH: process.env.PATH, PIAS_DATA_DIR: running.dataDir, PIAS_CONFIG: configFile }
  const args = [PIAS, 'clients', 'initial-access-token', '--policy', 'any']
  return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim()
}

/** Registers a client with its sector elsewhere. @returns what was found wrong */
const sectorFetched = async (name: string): Promise<unknown> => {
  const metadata = {
    client_name: 'Synthetic app',
    redirect_uris: [REDIRECT_URI],
    subject_type: 'pairwise',
    sector_identifier_uri: home(name),
  }
  const answer = await createHttpBrowser().send('POST', `${running.issuer}/reg`, JSON.stringify(metadata), {
    accept: 'application/json',
    'content-type': 'application/json',
    authorization: `Bearer ${registering}`,
  })
  expect([answer.status, answer.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }])
  return causeOf({ route: 'registration' })
}

/** Does something to the links of a person that an app knows. @returns why the app was not told */
const toldOfAct = async (name: string): Promise<unknown> => {
  const { store } = running.pias
  const { accountId } = await logInAt(toldAt(name), name === INSIDE ? 'senior' : 'thomas')
  const [record] = await store.accounts.customersOf(accountId)
  const { serviceLine = 'tv', customerId = '' } = record ?? {}
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId: () => 'none' as AccountId })
  const before = running.log.length
  await changes.request({ kind: 'unlink', record: { serviceLine, customerId } }, { by: 'a', reason: 'a synthetic one' })
  const failures = async () => {
    await runJobs(running.pias, ['telling apps', 'message delivery'])
    return running.log.slice(before).flatMap(({ fields }) => (fields as { reason?: string }).reason ?? [])
  }
  await until(async () => (await failures()).length > 0)
  return (await failures())[0]
}

describe.each([
  ['a logout', toldOfLogout],
  ['the keys of a client', keysFetched],
  ['the sector of a client', sectorFetched],
  ['an event', toldOfAct],
])('%s', (_what, call) => {
  test('is not sent to a name of which one address is in the house', async () => {
    expect(await call(INSIDE)).toBe('ERR_ADDRESS_NOT_ALLOWED')
    expect([new Set(asked), connections]).toEqual([new Set([INSIDE]), 0])
  })

  test('is sent to one that may be called', async () => {
    expect(await call(HERE)).toMatch(/^E[A-Z_]+$/)
    expect([new Set(asked), connections]).toEqual([new Set([HERE]), 1])
  })
})

test('a request elsewhere and images are not fetched at all', async () => {
  const request = createTestApp(running).authorize({ request_uri: home(HERE) })
  const answer = await createHttpBrowser().get(request.url)
  expect(answer.location).toContain('error=request_uri_not_supported')
  expect([asked, connections]).toEqual([[], 0])
})

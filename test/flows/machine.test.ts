import * as client from 'openid-client'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** A machine gets tokens for itself (RFC 6749, 4.4), and they open nothing of anybody's. */
const MACHINE = {
  client_id: 'nightly-job',
  client_name: 'Synthetic machine',
  client_secret: 'another synthetic secret of enough characters',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
}

let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [MACHINE] })
})
afterAll(() => running.close())

const discover = ({ client_id: id, client_secret: secret }: { client_id: string; client_secret: string }) =>
  client.discovery(new URL(running.issuer), id, undefined, client.ClientSecretBasic(secret), {
    execute: [client.allowInsecureRequests],
  })

const refusal = async (work: Promise<unknown>): Promise<unknown[]> => {
  const error = await work.then(
    () => undefined,
    (reason: client.ResponseBodyError | client.WWWAuthenticateChallengeError) => reason,
  )
  if (error instanceof client.WWWAuthenticateChallengeError) return [error.status, error.cause[0]?.scheme]
  return [error?.status, error?.error]
}

test('a token of its own, for as long as any access token', async () => {
  const tokens = await client.clientCredentialsGrant(await discover(MACHINE))
  expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 600 })
  expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'token_type'])
})

test('a scope that nobody knows is left out', async () => {
  const tokens = await client.clientCredentialsGrant(await discover(MACHINE), { scope: 'everything' })
  expect(tokens.scope).toBeUndefined()
})

test('it is nobody at the userinfo endpoint', async () => {
  const tokens = await client.clientCredentialsGrant(await discover(MACHINE))
  const headers = { Authorization: `Bearer ${tokens.access_token}` }
  const answer = await fetch(`${running.issuer}/me`, { headers })
  expect([answer.status, (await answer.json()) as object]).toEqual([
    401,
    expect.objectContaining({ error: 'invalid_token' }),
  ])
})

test.each([
  ['a scope of people', MACHINE, { scope: 'openid' }, [400, 'invalid_scope']],
  ['an app that is no machine', TEST_CLIENT, {}, [400, 'unauthorized_client']],
  ['a wrong secret', { ...MACHINE, client_secret: 'wrong' }, {}, [401, 'basic']],
] as const)('%s is refused', async (_name, who, parameters, expected) => {
  expect(await refusal(client.clientCredentialsGrant(await discover(who), parameters))).toEqual(expected)
})

test('it cannot send anybody to log in', async () => {
  const query = new URLSearchParams({
    client_id: MACHINE.client_id,
    response_type: 'code',
    redirect_uri: 'https://x.example/',
  })
  const answer = await fetch(`${running.issuer}/auth?${query}`, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
})

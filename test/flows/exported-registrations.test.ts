import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { REDIRECT_URI } from '#test/support/log-in.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** Apps that registered by themselves (RFC 7591), by `export`, `plan` and `apply` to another PIAS. */
const REGISTRATION = {
  policies: { suite: { pkceRequired: false, responseModes: ['query', 'form_post'] }, openid: { implicit: true } },
}

const dir = mkdtempSync(join(tmpdir(), 'pias-registrations-'))
let first: RunningPias
let second: RunningPias
beforeAll(async () => {
  first = await startPias({ config: { registration: REGISTRATION } })
  second = await startPias()
})
afterAll(async () => {
  await first.close()
  await second.close()
  rmSync(dir, { recursive: true })
})

const write = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const pias = ({ dataDir, clientsDir }: RunningPias, ...args: string[]) => {
  const config = write('registration.json', JSON.stringify({ registration: REGISTRATION }))
  return runPias({ PIAS_DATA_DIR: dataDir, PIAS_CLIENTS_DIR: clientsDir, PIAS_CONFIG: config }, dir, args)
}

type Registered = { client_id: string; client_secret: string; registration_access_token: string }

const register = async (policy: string, metadata: object): Promise<Registered> => {
  const token = (await pias(first, 'clients', 'initial-access-token', '--policy', policy)).stdout.trim()
  const body = JSON.stringify({ redirect_uris: [REDIRECT_URI], ...metadata })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const answer = await createHttpBrowser().send('POST', `${first.issuer}/reg`, body, headers)
  if (answer.status !== 201) throw new Error(`registration answered ${answer.status} ${answer.body}`)
  return answer.json<Registered>()
}

/** What PIAS says of a token request of an app: `invalid_client` where it does not know its secret. */
const errorOf = async ({ issuer }: RunningPias, { client_id: id, client_secret: secret }: Registered) => {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  const form = {
    grant_type: 'authorization_code',
    code: 'x',
    redirect_uri: REDIRECT_URI,
    code_verifier: 'x'.repeat(43),
  }
  const answer = await createHttpBrowser().post(`${issuer}/token`, form, { authorization, accept: 'application/json' })
  return answer.json<{ error: string }>().error
}

test('nothing is lost on the way, and nothing of it changes an app or is found changed elsewhere', async () => {
  const plain = await register('suite', { client_name: 'Synthetic registered', software_id: 'synthetic', contacts: [] })
  const unnamed = await register('suite', { grant_types: ['authorization_code', 'refresh_token'] })
  const implicit = await register('openid', {
    grant_types: ['implicit'],
    response_types: ['id_token'],
    redirect_uris: ['https://app.example/cb'],
  })
  const all = [plain, unnamed, implicit]
  await pias(first, 'clients', 'disable', implicit.client_id, '--yes')

  const exported = await pias(first, 'export')
  expect(exported).toMatchObject({ code: 0, stderr: '' })
  for (const { client_secret, registration_access_token } of all) {
    expect(exported.stdout).not.toContain(client_secret)
    expect(exported.stdout).not.toContain(registration_access_token)
  }
  const { clients } = parse(exported.stdout) as { clients: { client_id: string }[] }
  const entryOf = (app: Registered) => clients.find(({ client_id: id }) => id === app.client_id)
  expect(entryOf(plain)).toMatchObject({ pias_managed_by: 'dcr', pias_pkce_required: false, software_id: 'synthetic' })
  expect(entryOf(implicit)).toMatchObject({ pias_managed_by: 'dcr', pias_implicit: true, pias_state: 'disabled' })

  const file = write('exported.yaml', exported.stdout)
  expect(await pias(first, 'plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n', stderr: '' })
  expect(await pias(second, 'plan', '-f', file)).toMatchObject({ code: 2 })
  expect(await pias(second, 'apply', '-f', file)).toMatchObject({ code: 0 })
  expect(await pias(second, 'plan', '-f', file)).toMatchObject({ code: 0, stdout: 'nothing changes\n' })
  const again = await pias(second, 'export')
  expect(parse(again.stdout)).toEqual(parse(exported.stdout))
  // Its secret is the same there, and nobody decides about it who did not here.
  await second.pias.store.clients.find(plain.client_id).then(found => expect(found?.managedBy).toBe('dcr'))
  expect([await errorOf(first, plain), await errorOf(second, plain)]).toEqual(['invalid_grant', 'invalid_grant'])
  expect(await errorOf(second, { ...plain, client_secret: unnamed.client_secret })).toBe('invalid_client')
})

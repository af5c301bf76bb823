import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '#test/support/free-ports.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** `pias doctor`, beside a node that runs. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const doctor = (more: Record<string, string> = {}) => {
  const env = {
    PIAS_DATA_DIR: running.dataDir,
    PIAS_CLIENTS_DIR: running.clientsDir,
    PIAS_ISSUER: running.issuer,
    PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer,
    ...more,
  }
  return runPias(env, running.dataDir, ['doctor', '--json'])
}

const findingsOf = (stdout: string): { what: string; fine?: string; wrong?: string; fix?: string }[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

test('finds nothing where everything fits', async () => {
  const { code, stdout } = await doctor()
  const findings = findingsOf(stdout)
  expect(findings.filter(({ wrong }) => wrong !== undefined)).toEqual([])
  expect(findings.map(({ what }) => what)).toEqual([
    'PIAS at its issuer',
    'redirects of a login',
    'cookies of a login',
    'upstream itsme: discovery and keys',
    'clock, by upstream itsme',
    'store takes writes',
    'schema and indexes',
    'audit trail is sealed',
  ])
  expect(code).toBe(0)
})

test('names what does not fit, with what to do', async () => {
  // Another name of this machine, as behind a proxy that passes on its own.
  const { port } = new URL(running.issuer)
  const proxied = await doctor({ PIAS_ISSUER: `http://127.0.0.1:${port}` })
  expect(proxied.code).toBe(1)
  expect(findingsOf(proxied.stdout)[0]).toMatchObject({
    wrong: 'answers to another host, or to http',
    fix: expect.stringContaining('Host'),
  })
  const old = { at: Date.now() - 120_000, type: 'left-out', data: {} }
  await running.pias.store.audit.append([old])
  const away = findingsOf(
    (await doctor({ PIAS_UPSTREAM_ITSME_ISSUER: `http://127.0.0.1:${await freePort()}/v2` })).stdout,
  )
  expect(away.filter(({ wrong }) => wrong !== undefined)).toMatchObject([
    // The node goes by another configuration than the doctor.
    { what: 'redirects of a login', wrong: `leads to ${new URL(running.simulator.issuer).origin}` },
    { what: 'upstream itsme: discovery and keys', wrong: expect.stringContaining('ECONNREFUSED') },
    { what: 'clock, by upstream itsme' },
    { what: 'audit trail is sealed', fix: 'start a node' },
  ])
})

test('reads the keys of apps of files and of the store, where a node may', async () => {
  const { store } = running.pias
  const keep = (clientId: string, jwksUri: string, state: 'active' | 'disabled' = 'active') =>
    store.clients.put(
      {
        clientId,
        version: 1,
        state,
        managedBy: 'api',
        secrets: [],
        createdAt: 0,
        updatedAt: 0,
        metadata: { client_id: clientId, jwks_uri: jwksUri },
      },
      [],
    )
  await keep('stored', `${running.issuer}/jwks`)
  await keep('stored-empty', `${running.issuer}/.well-known/openid-configuration`)
  await keep('stored-inside', 'https://10.0.0.1/jwks')
  await keep('stored-off', `${running.issuer}/jwks`, 'disabled')
  const file = join(running.clientsDir, 'of-file.json')
  const app = { client_id: 'of-file', client_name: 'Synthetic', redirect_uris: ['https://app.example/cb'] }
  const own = { ...app, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `${running.issuer}/jwks` }
  writeFileSync(file, JSON.stringify(own))
  const findings = findingsOf((await doctor()).stdout).filter(({ what }) => what.startsWith('keys of the app'))
  rmSync(file)
  expect(findings).toMatchObject([
    { what: 'keys of the app of-file', fine: expect.stringMatching(/^\d+ keys$/) },
    { what: 'keys of the app stored', fine: expect.stringMatching(/^\d+ keys$/) },
    { what: 'keys of the app stored-empty', fix: 'tell its owner' },
    { what: 'keys of the app stored-inside', wrong: 'no answer (ERR_ADDRESS_NOT_ALLOWED)' },
  ])
})

test('tells it to people as well', async () => {
  const env = { PIAS_DATA_DIR: join(running.dataDir, 'none'), PIAS_CLIENTS_DIR: running.clientsDir }
  const { code, stdout } = await runPias({ ...env, PIAS_PORT: '9' }, running.dataDir, ['doctor'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^wrong {3}PIAS at its issuer: no answer \(\w+\); check the way to it$/m)
  expect(stdout).toMatch(/^ok {6}store takes writes: sqlite$/m)
})

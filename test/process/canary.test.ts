import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines, personaTruth } from '#examples/customer-data/personas.ts'
import { loadConfig } from '#src/config/load.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { atApp, createTestApp } from '#test/support/log-in.ts'
import { type Running, runScript } from '#test/support/processes.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { TV_CLIENT } from '#test/support/tv.ts'
import { createCanaries } from './canary/canaries.ts'
import { driveEverywhere } from './canary/drive-everywhere.ts'
import { basicOf, createLogins, ON_FILE, RIGHT } from './canary/drive-logins.ts'
import {
  driveAccount,
  driveAdmin,
  driveConsent,
  driveConsole,
  driveDevice,
  driveRegistration,
} from './canary/drive-others.ts'
import { collectEndpoints, type Endpoint, endpointOf } from './canary/endpoints.ts'
import { environmentIn, type PiasProcess, startPiasProcess, startSimulatorProcess } from './pias-process.ts'

/**
 * Marked values go through every endpoint and command: secrets, tokens, names and numbers of the personas, and a canary
 * wherever a request has room for one. None of them may be in what PIAS writes (logs at their most talkative, audit, the
 * numbers it counts), in an error it answers, or in an address it sends a browser to, where it does not belong.
 */
const COOKIE_KEY = `canary-cookie-key-${randomBytes(16).toString('hex')}`
const THIRD = {
  ...TEST_CLIENT,
  client_id: 'third-app',
  client_name: 'Synthetic partner',
  pias_first_party: false,
  // Nobody listens there.
  backchannel_logout_uri: 'http://127.0.0.1:9/logout',
}
const PASSWORD_ROUTES = ['GET password', 'POST password', 'POST skip', 'GET connected']

/** Some thousand requests, on a machine that has other things to do. In milliseconds. */
const DRIVE_MS = 300_000

/** Endpoints that nobody gets through in this test, each with why. */
const NOT_REACHED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PASSWORD_ROUTES.map(one => [one.replace(' ', ' /interaction/:uid/'), 'needs imported logins'])),
  'GET /interaction/:uid/passkey': 'needs a passkey',
  'POST /interaction/:uid/passkey': 'needs a passkey',
  'POST /interaction/:uid/continue': 'needs somebody in a call',
  'POST /interaction/:uid/move': 'needs an itsme account that was made anew',
  'GET /outbox/:key': 'needs the key of a mail',
  'GET /assets/:file': 'has names that change with what is in them',
  'GET /style/:page/:state': 'shows made-up people',
  'GET /style/mail/:name/:state': 'shows made-up people',
}

const canaries = createCanaries()
const { keep, canary, found, browser: newBrowser } = canaries

let dir: string
let env: Record<string, string>
let pias: PiasProcess
let simulator: Running & { readonly upstream: string }
let issuer: string
let admin: string
let scraped: string

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-canary-'))
  const [port, simulatorPort, adminPort, metricsPort] = (await freePorts(4)) as [number, number, number, number]
  issuer = `http://localhost:${port}`
  admin = `http://localhost:${adminPort}`
  scraped = `http://localhost:${metricsPort}/metrics`
  simulator = await startSimulatorProcess({ issuer, port: simulatorPort })
  const configFile = join(dir, 'pias.json')
  const config = { registration: { policies: { any: {} } }, admin: { port: adminPort }, metrics: { port: metricsPort } }
  writeFileSync(configFile, JSON.stringify(config))
  env = environmentIn(dir, {
    PIAS_CONFIG: configFile,
    PIAS_PORT: String(port),
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream,
    PIAS_LOG_LEVEL: 'debug',
    PIAS_COOKIE_KEY: keep('cookie key', COOKIE_KEY),
  })
  for (const client of [TV_CLIENT, THIRD]) {
    writeFileSync(join(dir, 'clients', `${client.client_id}.json`), JSON.stringify(client))
  }
  keep('client secret', TEST_CLIENT.client_secret)
  for (const persona of ['lotte', 'confirm', 'nora']) canaries.keepPerson(persona)
  for (const [name, value] of Object.entries(RIGHT)) keep(name, value)
})
afterAll(async () => {
  await Promise.all([pias?.stop(), simulator.stop()])
  rmSync(dir, { recursive: true, force: true })
})

const runPias = (...args: string[]) => runScript('src/cli/pias.ts', { args, env })

/** What commands print: an import with a line that is refused, keys, configuration, onboarding. */
const runCommands = async (): Promise<string> => {
  const file = join(dir, 'customers.jsonl')
  // Whose itsme tells no mail address is no customer here.
  const strangers = (personaTruth()['no-email']?.link ?? []).map(({ customerId }) => customerId)
  const known = personaLines().filter(({ customerId }) => !strangers.includes(customerId))
  const lines = [...known, ON_FILE].map(line => JSON.stringify(line))
  const refused = { ...personaLines()[0], serviceLine: canary('a line that is refused'), familyName: canary('a name') }
  writeFileSync(
    file,
    [...lines, JSON.stringify(refused), `{"familyName":"${canary('a line that is no JSON')}`].join('\n'),
  )
  const outputs: string[] = []
  const commands = [
    'customers count',
    'keys status',
    'keys rotate',
    'keys withdraw none --yes',
    'config print',
    'itsme onboarding',
  ]
  for (const args of [['customers', 'import', file], ...commands.map(command => command.split(' '))]) {
    const { stdout, stderr } = await runPias(...args)
    outputs.push(stdout, stderr)
  }
  return outputs.join('\n')
}

/** A canary in single parameters of requests that are right otherwise, and in paths that nobody has. */
const driveNonsense = async (): Promise<void> => {
  const browser = newBrowser()
  const { authorize } = createTestApp({ issuer })
  const parameters =
    'client_id redirect_uri scope response_type response_mode prompt max_age acr_values ui_locales claims'
  const more =
    'id_token_hint request request_uri code_challenge code_challenge_method pias_upstream dpop_jkt resource unknown'
  for (const name of `${parameters} ${more}`.split(' ')) await browser.get(authorize({ [name]: canary(name) }).url)
  const paths =
    'auth/ interaction/ callback/ upstream/ upstream/itsme/request/ assets/ session/ style/ token/ .well-known/'
  for (const path of ['', ...paths.split(' ')]) await browser.get(`${issuer}/${path}${canary('a path')}`)
  const grants = [
    { grant_type: 'authorization_code', code: canary('code'), code_verifier: canary('verifier') },
    { grant_type: 'refresh_token', refresh_token: canary('refresh_token'), scope: canary('scope') },
    { grant_type: canary('grant_type') },
  ]
  const credentials = [
    basicOf(TEST_CLIENT),
    basicOf({ ...TEST_CLIENT, client_secret: canary('client secret') }),
    `Bearer ${canary('bearer')}`,
    `DPoP ${canary('token')}`,
  ]
  for (const authorization of credentials) {
    for (const form of grants) {
      await browser.post(`${issuer}/token`, form, { accept: 'application/json', authorization, dpop: canary('dpop') })
    }
  }
  await browser.get(`${issuer}/jwks`, { host: canary('host') })
  await browser.get(`${admin}/openapi.json`, { host: canary('host') })
}

/** The operations of the admin API, from its own description. */
const adminEndpoints = async (): Promise<readonly Endpoint[]> => {
  const { paths } = (await newBrowser().get(`${admin}/openapi.json`)).json<{ paths: Record<string, object> }>()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => ({ method: method.toUpperCase(), path: `/api${path}` })),
  )
}

/**
 * What an address may carry: the code and the app's own state to the app, itsme's half of a leg to itsme, and the id of an
 * interaction, which is of no use without the browser's own cookie.
 */
const isAllowedIn = (location: string) => {
  if (atApp(location)) return /^(code|state of the app)$/
  if (location.startsWith(`${issuer}/account/callback`)) return /^code of the account$/
  if (location.startsWith(`${admin}/callback`)) return /^code of an admin$/
  // By POST, the same parameters by GET (ADR 0040).
  if (/^[^?]*\/(auth|session\/end)\?/.test(location)) return /^(pushed request|interaction|id_token)$/
  if (location.startsWith(simulator.upstream)) return /^((state|nonce|code_challenge) for itsme|interaction)$/
  return /^interaction$/
}

test(
  'nothing marked is in logs, outputs, audit, errors or addresses where it does not belong',
  async () => {
    const { open: endpoints, console: ofConsole } = await collectEndpoints()
    const outputs = await runCommands()
    const token = (await runPias('clients', 'initial-access-token', '--policy', 'any')).stdout.trim()
    const [bootstrapCode = ''] = (await runPias('admin', 'bootstrap')).stdout.split('\n')
    pias = await startPiasProcess(env)
    const logins = createLogins(canaries, issuer)
    await logins.driveLogin()
    await logins.drivePushed()
    await logins.driveCode()
    await logins.driveUncertain()
    await logins.driveCallback()
    await driveDevice(canaries, issuer)
    await driveRegistration(canaries, issuer, token)
    await driveConsent(canaries, logins, issuer, THIRD)
    const adminHeaders = await driveAdmin(canaries, { issuer, admin }, bootstrapCode)
    const known = await driveAccount(canaries, issuer)
    await driveNonsense()
    for (const path of ['livez', 'readyz', 'outbox', 'style']) await newBrowser().get(`${issuer}/${path}`)
    await driveEverywhere(canaries, issuer, endpoints, [
      { browser: known },
      { headers: { authorization: basicOf(TEST_CLIENT) } },
    ])
    await driveEverywhere(canaries, admin, await adminEndpoints(), [{ headers: adminHeaders }])
    const signedIn = await driveConsole(canaries, admin)
    expect((await signedIn.get(`${admin}/`)).status).toBe(200)
    await driveEverywhere(canaries, admin, ofConsole, [{ browser: signedIn }])
    await known.post(`${issuer}/account/logins/end-all`, { csrf: canary('csrf') })
    const metrics = (await newBrowser().get(scraped)).body
    expect(metrics).toContain('pias_interaction_steps_total{client="third-app"')
    expect(found(metrics)).toEqual([])
    expect(await pias.stop()).toEqual({ code: 0, signal: null })

    const ways = (reached: (status: number) => boolean) =>
      new Set(
        canaries.answers
          .filter(({ url, status }) => url.startsWith(issuer) && reached(status))
          .map(({ method, url }) => endpointOf(endpoints, { method, path: new URL(url).pathname })),
      )
    const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`
    expect(endpoints.filter(one => !ways(() => true).has(one)).map(nameOf)).toEqual([])
    const through = ways(status => status < 400)
    const missed = endpoints.filter(one => !through.has(one)).map(nameOf)
    expect(missed.filter(name => !(name in NOT_REACHED))).toEqual([])

    const config = loadConfig({ env, root: dir })
    const store = await openEncryptedStore(config, { clock: Date.now, dataDir: config.dataDir, makeKek: false })
    const [audit, ...counted] = await Promise.all([
      store.audit.list({ after: 0, limit: 10_000 }),
      ...[TEST_CLIENT, THIRD].map(({ client_id: id }) => store.funnel.list([id], '2020-01-01')),
    ]).finally(store.close)
    expect(counted.flat().length).toBeGreaterThan(5)
    expect(found(JSON.stringify(counted))).toEqual([])
    const types = audit.map(({ type }) => type)
    expect(types).toEqual(
      expect.arrayContaining(['link.created', 'request.refused', 'client.created', 'admin.refused']),
    )

    expect(canaries.size()).toBeGreaterThan(3000)
    expect(pias.stderr().split('\n').length).toBeGreaterThan(500)
    // No library speaks beside the log, not even where it calls an app.
    expect(pias.stderr()).toContain('a back-channel logout was not delivered')
    expect(
      pias
        .stderr()
        .split('\n')
        .filter(line => line !== '' && !line.startsWith('{"level":')),
    ).toEqual([])
    expect({ stderr: found(pias.stderr()), stdout: found(pias.stdout()), commands: found(outputs) }).toEqual({
      stderr: [],
      stdout: [],
      commands: [],
    })
    // The id of a record is how the audit names it; what an admin asked for is told as it was asked for.
    const isNamed = (what: string) =>
      what === 'customerId' || /^canary in (\{\w+Id\}|:\w+Id) of \w+ \/(?!reg\/)/.test(what)
    expect(found(JSON.stringify(audit), what => !isNamed(what))).toEqual([])

    const ofPias = canaries.answers.filter(({ headers }) => headers['x-request-id'] !== undefined)
    const inLocations = ofPias.flatMap(({ location = '' }) =>
      found(location, what => !isAllowedIn(location).test(what) && !what.startsWith('canary')),
    )
    expect(inLocations).toEqual([])
    const errors = ofPias.filter(({ status }) => status >= 400)
    expect(errors.length).toBeGreaterThan(500)
    // A form that is shown again has its own address and token.
    const isPrivate = (what: string) => !what.startsWith('canary') && !['interaction', 'form token'].includes(what)
    expect(errors.flatMap(({ body }) => found(body, isPrivate))).toEqual([])
  },
  DRIVE_MS,
)

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { loadConfig } from '#src/config/load.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona, atApp, createTestApp, type Tokens } from '#test/support/log-in.ts'
import { type Running, runScript } from '#test/support/processes.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf, linkAllFound } from '#test/support/uncertain.ts'
import { environmentIn, type PiasProcess, startPiasProcess, startSimulatorProcess } from './pias-process.ts'

/**
 * Marked values go through every endpoint and command: secrets, tokens, names and numbers of the personas, and a canary
 * wherever a request has room for one. None of them may be in what PIAS writes (logs at their most talkative, audit),
 * in an error it answers, or in an address it sends a browser to, where it does not belong.
 */
const COOKIE_KEY = `canary-cookie-key-${randomBytes(16).toString('hex')}`
const RIGHT = { customerId: 'INT-200001', invoiceReference: 'INV-2025-0200001' }

let dir: string
let env: Record<string, string>
let pias: PiasProcess
let simulator: Running & { readonly upstream: string }
let issuer: string

/** By what it is; a value that is too short to be told from others is left out. */
const secrets = new Map<string, string>()
const keep = (what: string, value: unknown, shortest = 8): string => {
  if (typeof value === 'string' && value.length >= shortest) secrets.set(value, what)
  return String(value ?? '')
}
let canaries = 0
/** A value of its own for each place in a request. */
const canary = (what: string): string =>
  keep(`canary in ${what}`, `canary${++canaries}x${randomBytes(12).toString('hex')}`)

/** What is known of a person at itsme and in the customer base, in every form it may be written. */
const keepPerson = (persona: string): void => {
  const claims = loadPersonas().find(({ id }) => id === persona)?.claims ?? {}
  const walk = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) walk(key, inner)
    else if (!/gender|locale|Type|Country|verified/.test(name)) keep(`${name} of ${persona}`, value, 5)
  }
  for (const [name, value] of Object.entries(claims)) walk(name, value)
  const phone = String(claims.phone_number).replaceAll(' ', '')
  for (const form of [phone, phone.slice(1), phone.replace('+32', '0')]) keep(`phone of ${persona}`, form)
  keep(`birth date of ${persona}`, String(claims.birthdate).replaceAll('-', ''))
}

const answers: Answer[] = []
/** A browser whose answers are looked at in the end, and whose cookies are secrets. */
const watched = (browser: HttpBrowser): HttpBrowser => {
  const send: HttpBrowser['send'] = async (...request) => {
    const answer = await browser.send(...request)
    answers.push(answer)
    for (const { name, value } of answer.setCookies) {
      keep(/^pias_(int|res)$/.test(name) ? 'interaction' : `cookie ${name}`, value)
    }
    return answer
  }
  const get: HttpBrowser['get'] = (url, headers = {}) => send('GET', url, undefined, headers)
  const post: HttpBrowser['post'] = (url, form, headers = {}) =>
    send('POST', url, new URLSearchParams(form).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    })
  const follow: HttpBrowser['follow'] = async (url, until = () => false) => {
    const seen = [await get(url)]
    while (seen.length < 20) {
      const next = seen.at(-1)?.location
      if (next === undefined || until(next)) return seen
      seen.push(await get(next))
    }
    return seen
  }
  return { send, get, post, follow, fork: browser.fork }
}
const newBrowser = () => watched(createHttpBrowser())

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-canary-'))
  const [port, simulatorPort] = (await freePorts(2)) as [number, number]
  issuer = `http://localhost:${port}`
  simulator = await startSimulatorProcess({ issuer, port: simulatorPort })
  env = environmentIn(dir, {
    PIAS_PORT: String(port),
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream,
    PIAS_LOG_LEVEL: 'debug',
    PIAS_COOKIE_KEY: keep('cookie key', COOKIE_KEY),
  })
  keep('client secret', TEST_CLIENT.client_secret)
  for (const persona of ['lotte', 'confirm']) keepPerson(persona)
  for (const [name, value] of Object.entries(RIGHT)) keep(name, value)
})
afterAll(async () => {
  await Promise.all([pias?.stop(), simulator.stop()])
  rmSync(dir, { recursive: true, force: true })
})

/** What commands print: an import with a line that is refused, keys, configuration, onboarding. */
const runCommands = async (): Promise<string> => {
  const file = join(dir, 'customers.jsonl')
  const lines = personaLines().map(line => JSON.stringify(line))
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
    'keys withdraw none',
    'config print',
    'itsme onboarding',
  ]
  for (const args of [['customers', 'import', file], ...commands.map(command => command.split(' '))]) {
    const { stdout, stderr } = await runScript('src/cli/pias.ts', { args, env })
    outputs.push(stdout, stderr)
  }
  return outputs.join('\n')
}

/** A login whose every secret is kept; `persona` needs no page. */
const logInAs = async (persona: string) => {
  const [browser, app] = [newBrowser(), createTestApp({ issuer })]
  const asked = app.authorize({ login_hint: canary('login_hint') })
  for (const name of ['state', 'nonce', 'verifier'] as const) keep(`${name} of the app`, asked[name])
  const begun = await browser.get(asked.url)
  for (const name of ['state', 'nonce', 'code_challenge']) {
    keep(`${name} for itsme`, new URL(begun.location ?? '').searchParams.get(name))
  }
  const seen = await browser.follow(asPersona(begun.location, persona), atApp)
  for (const { location } of seen) keep('code', location && new URL(location).searchParams.get('code'))
  return { browser, app, asked, begun, seen }
}

const driveLogin = async (): Promise<void> => {
  const { browser, app, asked, seen } = await logInAs('lotte')
  const redeemed = await app.redeem(browser, seen.at(-1)?.location ?? '', asked)
  const tokens = redeemed.json<Tokens>()
  for (const name of ['access_token', 'id_token', 'refresh_token'] as const) keep(name, tokens[name])
  await app.redeem(browser, seen.at(-1)?.location ?? '', asked)
  const refreshed = await app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  for (const name of ['access_token', 'id_token', 'refresh_token'] as const) keep(name, refreshed.json<Tokens>()[name])
  const bearer = { authorization: `Bearer ${refreshed.json<Tokens>().access_token}`, accept: 'application/json' }
  await browser.get(`${issuer}/me`, bearer)
  await app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const basic = {
    authorization: `Basic ${btoa(`${TEST_CLIENT.client_id}:${encodeURIComponent(TEST_CLIENT.client_secret)}`)}`,
  }
  await browser.post(`${issuer}/token/revocation`, { token: refreshed.json<Tokens>().access_token }, basic)
  const logout = new URL(`${issuer}/session/end`)
  logout.search = new URLSearchParams({ id_token_hint: tokens.id_token, state: canary('logout state') }).toString()
  const page = await browser.get(logout.href)
  const xsrf = keep('logout token', /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1])
  await browser.post(`${issuer}/session/end/confirm`, { logout: 'yes', xsrf: canary('xsrf') })
  await browser.post(`${issuer}/session/end/confirm`, { logout: 'yes', xsrf })
}

const driveUncertain = async (): Promise<void> => {
  const { browser, seen } = await logInAs('confirm')
  const uid = keep('interaction', /\/interaction\/([\w-]+)\/prove"/.exec(seen.at(-1)?.body ?? '')?.[1])
  const url = (path: string) => `${issuer}/interaction/${uid}${path}`
  const csrf = keep('form token', csrfOf(await browser.get(url('/prove'))))
  const numbers = { customerId: canary('customer number'), invoiceReference: canary('invoice reference') }
  await browser.post(url('/prove'), { csrf: canary('csrf'), ...numbers })
  await browser.post(url('/prove'), { csrf, ...numbers })
  await browser.post(url('/new'), { csrf: canary('csrf'), name: canary('name'), email: canary('email') })
  await browser.get(`${url('')}?lang=${canary('lang')}`)
  await createHttpBrowser().get(url('/prove'))
  await browser.post(url('/contact'), { csrf, contact: `${canary('contact')}@mail.example` })
  await browser.post(url('/code'), { csrf, code: canary('code') })
  const proved = await linkAllFound(browser, await browser.post(url('/prove'), { csrf, ...RIGHT }))
  await browser.follow(proved.location ?? '', atApp)
}

/** The callback of itsme with answers nobody gave. */
const driveCallback = async (): Promise<void> => {
  const callback = `${issuer}/callback/itsme`
  const forged = { code: canary('code'), state: canary('state'), iss: canary('iss') }
  await newBrowser().get(`${callback}?${new URLSearchParams(forged)}`)
  for (const answer of [
    { code: canary('code of itsme') },
    { error: canary('error of itsme'), error_description: canary('error_description of itsme') },
    { error: 'access_denied', error_description: canary('error_description of itsme') },
  ]) {
    const { browser, begun } = await (async () => {
      const browser = newBrowser()
      return { browser, begun: await browser.get(createTestApp({ issuer }).authorize().url) }
    })()
    const state = keep('state for itsme', new URL(begun.location ?? '').searchParams.get('state'))
    await browser.follow(`${callback}?${new URLSearchParams({ state, ...answer })}`, atApp)
  }
}

/** A canary in each parameter, header, path and body. */
const driveNonsense = async (): Promise<void> => {
  const browser = newBrowser()
  const authorize = createTestApp({ issuer }).authorize
  const parameters =
    'client_id redirect_uri scope response_type response_mode prompt max_age acr_values ui_locales claims'
  const more =
    'id_token_hint request request_uri code_challenge code_challenge_method pias_upstream dpop_jkt resource unknown'
  for (const name of `${parameters} ${more}`.split(' ')) await browser.get(authorize({ [name]: canary(name) }).url)
  await browser.post(`${issuer}/auth`, { client_id: canary('posted client_id') })

  const paths =
    'auth/ interaction/ callback/ upstream/ upstream/itsme/request/ assets/ session/ style/ token/ .well-known/'
  for (const path of ['', ...paths.split(' ')]) await browser.get(`${issuer}/${path}${canary('a path')}`)
  await browser.get(`${issuer}/interaction/${canary('a path')}/prove`)

  const grants = [
    {
      grant_type: 'authorization_code',
      code: canary('code'),
      redirect_uri: canary('redirect_uri'),
      code_verifier: canary('verifier'),
    },
    { grant_type: 'refresh_token', refresh_token: canary('refresh_token'), scope: canary('scope') },
    { grant_type: canary('grant_type') },
    { grant_type: 'client_credentials', scope: canary('scope') },
  ]
  const credentials: Record<string, string>[] = [
    { authorization: `Basic ${btoa(`${TEST_CLIENT.client_id}:${encodeURIComponent(TEST_CLIENT.client_secret)}`)}` },
    { authorization: `Basic ${btoa(`${TEST_CLIENT.client_id}:${canary('client secret')}`)}` },
    { authorization: `Basic ${btoa(`${canary('client id')}:${canary('client secret')}`)}` },
    { authorization: `Bearer ${canary('bearer')}` },
  ]
  for (const path of ['token', 'token/revocation', 'token/introspection', 'request', 'me']) {
    for (const headers of credentials) {
      for (const form of grants) {
        await browser.post(
          `${issuer}/${path}`,
          { ...form, token: canary('token') },
          { accept: 'application/json', ...headers },
        )
      }
    }
    const assertion = { client_assertion: canary('assertion'), client_assertion_type: canary('assertion type') }
    await browser.post(`${issuer}/${path}`, {
      client_id: TEST_CLIENT.client_id,
      client_secret: canary('secret'),
      ...assertion,
    })
    await browser.send('POST', `${issuer}/${path}`, `{"${canary('JSON')}`, { 'content-type': 'application/json' })
  }
  await browser.get(`${issuer}/me?access_token=${canary('access_token')}`)
  await browser.get(`${issuer}/me`, { authorization: `DPoP ${canary('token')}`, dpop: canary('dpop') })

  const logout = {
    id_token_hint: canary('hint'),
    post_logout_redirect_uri: `https://${canary('host')}/`,
    client_id: canary('id'),
  }
  await browser.get(`${issuer}/session/end?${new URLSearchParams(logout)}`)
  const headers = ['user-agent', 'referer', 'x-forwarded-for', 'x-request-id', 'cookie', 'origin', 'accept-language']
  for (const name of headers) await browser.get(`${issuer}/session/end`, { [name]: canary(name) })
  await browser.get(`${issuer}/jwks`, { host: canary('host') })
  for (const path of ['livez', 'readyz', 'jwks', '.well-known/openid-configuration', 'upstream/itsme/jwks']) {
    await browser.get(`${issuer}/${path}?${canary('query')}`, { cookie: `pias_sid=${canary('session')}` })
  }
}

/** Which of the values are in a text, as they are or as an address has them. */
const found = (text: string, isOf: (what: string) => boolean = () => true): string[] =>
  [...secrets]
    .filter(([value, what]) => isOf(what) && (text.includes(value) || text.includes(encodeURIComponent(value))))
    .map(([value, what]) => `${what}: …${text.slice(Math.max(0, text.indexOf(value) - 80), text.indexOf(value) + 40)}`)

/**
 * What an address may carry: the code and the app's own state to the app, itsme's half of a leg to itsme, and the id of an
 * interaction, which is of no use without the browser's own cookie.
 */
const isAllowedIn = (location: string) => {
  if (atApp(location)) return /^(code|state of the app)$/
  if (location.startsWith(simulator.upstream)) return /^((state|nonce|code_challenge) for itsme|interaction)$/
  return /^interaction$/
}

test('nothing marked is in logs, outputs, audit, errors or addresses where it does not belong', async () => {
  const outputs = await runCommands()
  pias = await startPiasProcess(env)
  await driveLogin()
  await driveUncertain()
  await driveCallback()
  await driveNonsense()
  expect(answers.length).toBeGreaterThan(150)
  expect(await pias.stop()).toEqual({ code: 0, signal: null })

  const config = loadConfig({ env, root: dir })
  const store = await openEncryptedStore(config, { clock: Date.now, dataDir: config.dataDir, makeKek: false })
  const audit = await store.audit.list({ after: 0, limit: 1000 }).finally(store.close)
  expect(audit.map(({ type }) => type)).toContain('link.created')

  expect(secrets.size).toBeGreaterThan(150)
  expect(pias.stderr().split('\n').length).toBeGreaterThan(50)
  expect({ stderr: found(pias.stderr()), stdout: found(pias.stdout()), commands: found(outputs) }).toEqual({
    stderr: [],
    stdout: [],
    commands: [],
  })
  // The id of a record is how the audit names it.
  expect(found(JSON.stringify(audit), what => what !== 'customerId')).toEqual([])

  const ofPias = answers.filter(({ headers }) => headers['x-request-id'] !== undefined)
  const inLocations = ofPias.flatMap(({ location = '' }) =>
    found(location, what => !isAllowedIn(location).test(what) && !what.startsWith('canary')),
  )
  expect(inLocations).toEqual([])
  const errors = ofPias.filter(({ status }) => status >= 400)
  expect(errors.length).toBeGreaterThan(50)
  // A form that is shown again has its own address and token.
  const isPrivate = (what: string) => !what.startsWith('canary') && !['interaction', 'form token'].includes(what)
  expect(errors.flatMap(({ body }) => found(body, isPrivate))).toEqual([])
})

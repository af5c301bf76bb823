import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { writeQuickstarts } from '#src/clients/quickstarts/write-quickstarts.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { runScript } from '#test/support/processes.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** Code that admins copy for the developers of an app: what says it is run by a test is run here. */
const ROOT = join(import.meta.dirname, '..', '..')

let running: RunningPias
let appPort: number
let spaPort: number
let server: ReturnType<typeof createServer>
let spa: ClientMetadata
let web: ClientMetadata
const SECRET = TEST_CLIENT.client_secret

/** What the page of the single-page app is; the test fills it in once it is written. */
let html = ''

beforeAll(async () => {
  ;[appPort = 0] = await freePorts(1)
  server = createServer((request, response) => {
    if (request.url?.startsWith('/oidc-client-ts.min.js')) {
      return response.end(readFileSync(join(ROOT, 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js')))
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  spaPort = (server.address() as AddressInfo).port
  const origin = `http://127.0.0.1:${spaPort}`
  const file = (more: object) => ({ ...TEST_CLIENT, client_name: 'Synthetic quickstart', ...more })
  const files = {
    web: file({ client_id: 'quick-web', redirect_uris: [`http://127.0.0.1:${appPort}/callback`] }),
    spa: file({
      client_id: 'quick-spa',
      redirect_uris: [`${origin}/app`],
      client_secret: undefined,
      token_endpoint_auth_method: 'none',
      scope: 'openid profile',
      pias_origins: [origin],
    }),
  }
  running = await startPias({ clients: Object.values(files) })
  const parse = ({ client_secret: _secret, ...client }: Record<string, unknown>) => clientMetadataSchema.parse(client)
  web = parse(files.web)
  spa = parse(files.spa)
})
afterAll(async () => {
  server.close()
  await running.close()
})

const codeFor = (client: ClientMetadata, stack: string): string =>
  writeQuickstarts(client, running.issuer).find(one => one.stack === stack)?.code ?? ''

describe('openid-client', () => {
  let folder: string
  let app: ChildProcess
  afterEach(() => {
    app.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is a whole app: it logs a person in and greets by name', async () => {
    // Where its imports are found.
    folder = mkdtempSync(join(ROOT, 'node_modules', '.quickstart-'))
    writeFileSync(join(folder, 'app.mjs'), codeFor(web, 'openid-client'))
    app = spawn(process.execPath, [join(folder, 'app.mjs')], {
      env: { ...process.env, CLIENT_SECRET: SECRET },
      stdio: 'inherit',
    })
    const home = `http://127.0.0.1:${appPort}/`
    const browser = createHttpBrowser()
    const begun = async (): Promise<string> => {
      for (;;) {
        const answer = await browser.get(home).catch(() => undefined)
        if (answer?.location !== undefined) return answer.location
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
    const atUpstream = (await browser.get(await begun())).location
    const last = (await browser.follow(asPersona(atUpstream, 'lotte'))).at(-1)
    expect(last?.body).toBe('Hello Lotte Marie Vandenbroucke')
  })
})

describe('oidc-client-ts', () => {
  test('is a page without a server, in a real Chromium: it gets tokens and name from another origin', async () => {
    html = codeFor(spa, 'oidc-client-ts')
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${spaPort}/app`)
      await page.click('#login')
      await page.waitForURL(url => url.href.startsWith(running.simulator.issuer))
      await page.goto(asPersona(page.url(), 'lotte'))
      await page.waitForFunction("document.getElementById('person')?.textContent !== ''")
      expect(await page.textContent('#person')).toBe('Hello Lotte Marie Vandenbroucke')
      expect(new URL(page.url()).search).toBe('')
    } finally {
      await browser.close()
    }
  })

  test.each([
    ['of the app', () => new URL(spa.redirect_uris[0] ?? '').origin, true],
    ['of somebody else', () => 'https://attacker.example', false],
  ])('a page %s may read the answer: %s', async (_, origin, allowed) => {
    const answer = await createHttpBrowser().post(
      `${running.issuer}/token`,
      { grant_type: 'authorization_code', client_id: 'quick-spa', code: 'none', redirect_uri: 'x', code_verifier: 'x' },
      { origin: origin(), accept: 'application/json' },
    )
    expect(answer.headers['access-control-allow-origin']).toBe(allowed ? origin() : undefined)
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    expect([answer.status, answer.json().error]).toEqual([400, allowed ? 'invalid_grant' : 'invalid_request'])
  })
})

describe('every quickstart', () => {
  const native = clientMetadataSchema.parse({
    client_id: 'quick-phone',
    client_name: 'Synthetic "phone"',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback', 'https://phone.example/callback'],
  })
  const tv = clientMetadataSchema.parse({
    client_id: 'quick-tv',
    client_name: 'Synthetic TV',
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  })

  test.each([
    ['a web app', () => web, ['openid-client', 'auth-js', 'spring-boot']],
    ['a single-page app', () => spa, ['oidc-client-ts']],
    ['a phone', () => native, ['android', 'ios']],
    ['a TV', () => tv, []],
  ])('for %s fits, names the issuer, the client and where to come back to, and no secret', (_, client, stacks) => {
    const quickstarts = writeQuickstarts(client(), running.issuer)
    expect(quickstarts.map(({ stack }) => stack)).toEqual(stacks)
    for (const { code } of quickstarts) {
      expect(code).toContain(running.issuer)
      expect(code).toContain(client().client_id)
      expect(code).not.toContain(SECRET)
      expect(code).not.toMatch(/(['"])undefined\1/)
    }
  })

  test.each([true, false])('for a phone tells of the proof that its tokens are bound by, if they are: %s', isBound => {
    const bound = { ...native, dpop_bound_access_tokens: isBound }
    for (const { code } of writeQuickstarts(bound, running.issuer)) {
      expect(code.includes(`at ${running.issuer}/token with a DPoP proof`)).toBe(isBound)
    }
  })

  test('says whether a test runs it: those of this file, and no others', () => {
    const all = [web, spa, native].flatMap(client => writeQuickstarts(client, running.issuer))
    const tested = new Set(all.filter(one => one.tested).map(({ stack }) => stack))
    expect([...tested].sort()).toEqual(['oidc-client-ts', 'openid-client'])
  })

  test('is printed by the command line', async () => {
    const env = { PIAS_CLIENTS_DIR: running.clientsDir, PIAS_DATA_DIR: running.dataDir, PIAS_ISSUER: running.issuer }
    const run = (...args: string[]) => runScript('src/cli/pias.ts', { args: ['clients', 'quickstart', ...args], env })
    const one = await run('quick-web', '--for', 'openid-client')
    expect([one.code, one.stdout]).toEqual([0, codeFor(web, 'openid-client')])
    const all = await run('quick-spa')
    expect(all.stdout).toContain('(oidc-client-ts): run by a test of PIAS')
    const wrong = await run('quick-spa', '--for', 'spring-boot')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('choose one of oidc-client-ts')])
    expect((await run('nobody')).code).toBe(2)
  })
})

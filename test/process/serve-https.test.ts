import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp } from '#test/support/log-in.ts'
import { type Running, runScript } from '#test/support/processes.ts'
import { rawRequest } from '#test/support/raw-request.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'
import { environmentIn, type PiasProcess, startPiasProcess, startSimulatorProcess } from './pias-process.ts'

let dir: string
const started: Running[] = []
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-https-'))
})
afterAll(async () => {
  await Promise.all(started.map(running => running.stop()))
  rmSync(dir, { recursive: true, force: true })
})

const cookieNames = (setCookies: readonly string[]): string[] => setCookies.map(text => text.split('=')[0] ?? '')

describe('PIAS with a certificate of its own', () => {
  test('serves https only, with cookies that no other host can set', async () => {
    const certificate = await createTestCertificate(mkdtempSync(join(dir, 'tls-')))
    const [port, simulatorPort] = (await freePorts(2)) as [number, number]
    const issuer = `https://localhost:${port}`
    const env = environmentIn(mkdtempSync(join(dir, 'own-')), {
      PIAS_PORT: String(port),
      PIAS_TLS_CERT_FILE: certificate.certFile,
      PIAS_TLS_KEY_FILE: certificate.keyFile,
      PIAS_UPSTREAM_ITSME_ISSUER: `http://127.0.0.1:${simulatorPort}/v2`,
    })
    const simulator = await startSimulatorProcess({
      issuer,
      port: simulatorPort,
      env: { NODE_EXTRA_CA_CERTS: certificate.certFile },
    })
    started.push(simulator)
    const pias = await startPiasProcess(env)
    started.push(pias)
    expect(pias.ready).toMatchObject({ issuer, port })

    const browser = createHttpBrowser({ ca: certificate.pem })
    const discovery = (await browser.get(`${issuer}/.well-known/openid-configuration`)).json()
    expect(discovery).toMatchObject({ issuer, token_endpoint: `${issuer}/token` })
    const begun = await browser.get(createTestApp({ issuer }).authorize().url)
    expect(begun.setCookies.length).toBeGreaterThan(1)
    for (const { name, attributes } of begun.setCookies) {
      expect([name, attributes]).toEqual([
        expect.stringMatching(/^__(Host|Secure)-/),
        expect.objectContaining({ secure: true, httponly: true }),
      ])
    }
    // The whole leg to itsme and back, up to the page that asks a person whom PIAS does not know.
    const asked = await browser.follow(`${begun.location}&persona=nora`)
    expect(asked.at(-1)?.status).toBe(200)
    await expect(browser.get(`http://localhost:${port}/livez`)).rejects.toThrow()
  })
})

describe('PIAS behind one proxy that speaks TLS', () => {
  const HOST = 'id.example.com'
  let pias: PiasProcess
  const { pathname, search } = new URL(createTestApp({ issuer: `https://${HOST}` }).authorize().url)
  const ask = (path: string, headers: Record<string, string>) =>
    rawRequest(`http://127.0.0.1:${pias.ready.port}`, { path, headers: { host: HOST, ...headers } })

  beforeAll(async () => {
    const [simulatorPort] = (await freePorts(1)) as [number]
    const env = environmentIn(mkdtempSync(join(dir, 'proxied-')), {
      PIAS_PORT: '0',
      PIAS_ISSUER: `https://${HOST}`,
      PIAS_PROXY_HOPS: '1',
      PIAS_UPSTREAM_ITSME_ISSUER: `http://127.0.0.1:${simulatorPort}/v2`,
    })
    started.push(await startSimulatorProcess({ issuer: `https://${HOST}`, port: simulatorPort }))
    pias = await startPiasProcess(env)
    started.push(pias)
  })

  test('is https to browsers', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
    const discovery = await ask('/.well-known/openid-configuration', headers)
    expect(discovery.status).toBe(200)
    expect(JSON.parse(discovery.body)).toMatchObject({ token_endpoint: `https://${HOST}/token` })
    const begun = await ask(`${pathname}${search}`, headers)
    expect(begun.status).toBe(303)
    const cookies = [begun.headers['set-cookie'] ?? []].flat()
    expect(cookies.length).toBeGreaterThan(1)
    expect(cookieNames(cookies).filter(name => !/^__(Host|Secure)-/.test(name))).toEqual([])
    expect(cookies.filter(cookie => !/; secure/i.test(cookie))).toEqual([])
  })

  test.each([
    ['tells it nothing', {}],
    ['tells it that a browser came by http', { 'x-forwarded-proto': 'http' }],
  ])('says what is wrong when the proxy %s', async (_what, headers) => {
    const begun = await ask(`${pathname}${search}`, { accept: 'application/json', ...headers })
    expect(begun.status).toBe(421)
    expect(JSON.parse(begun.body).detail).toBe(`came by http, but this server is https://${HOST}`)
    expect(begun.headers['set-cookie']).toBeUndefined()
    const page = await ask(`${pathname}${search}`, { accept: 'text/html', ...headers })
    expect([page.status, page.headers['content-type']]).toEqual([421, 'text/html; charset=utf-8'])
  })

  test('answers balancers without any of it', async () => {
    const answer = await ask('/livez', { host: '10.0.0.1' })
    expect(answer.status).toBe(200)
  })
})

test('https with neither certificate nor proxy is refused at the start', async () => {
  const env = environmentIn(mkdtempSync(join(dir, 'unproxied-')), {
    PIAS_PORT: '0',
    PIAS_ISSUER: 'https://id.example.com',
  })
  const ended = await runScript('src/main.ts', { env })
  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(/^PIAS cannot start: issuer: https needs a certificate .* or a proxy .*\n$/)
})

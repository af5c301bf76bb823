import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { freePort } from '#test/support/free-ports.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'

/** `pias doctor` of a node behind a proxy that ends TLS, as it should be and as it should not. */
let running: RunningPias
let proxy: Server
let certificate: { cert: Buffer; key: Buffer }
let issuer: string
let spoil: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders
let proto: string

const dir = mkdtempSync(join(tmpdir(), 'pias-doctor-'))
const DAY_MS = 24 * 3600 * 1000

beforeAll(async () => {
  running = await startPias()
  const { certFile, keyFile, pem } = await createTestCertificate(dir)
  setDefaultCACertificates([...getCACertificates('default'), pem])
  certificate = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  const behind = Number(new URL(running.issuer).port)
  proxy = createServer(certificate, (incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-proto': proto, connection: 'close' }
    const on = { host: 'localhost', port: behind, path: incoming.url, method: incoming.method, headers }
    const sent = request(on, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, spoil(answer.headers))
      answer.pipe(outgoing)
    })
    sent.on('error', () => outgoing.destroy())
    incoming.pipe(sent)
  })
  const port = await freePort()
  proxy.listen(port, 'localhost')
  await once(proxy, 'listening')
  issuer = `https://localhost:${port}`
  await running.pias.close()
  running = await running.startAgain({ PIAS_ISSUER: issuer, PIAS_PROXY_HOPS: '1' })
})
afterAll(async () => {
  proxy.closeAllConnections()
  proxy.close()
  await running.close()
  rmSync(dir, { recursive: true })
})
beforeEach(() => {
  spoil = headers => headers
  proto = 'https'
})

type Finding = { what: string; fine?: string; warning?: string; wrong?: string; fix?: string }

const doctor = async (options: { issuer?: string; clock?: () => number } = {}) => {
  const env = {
    PIAS_DATA_DIR: running.dataDir,
    PIAS_CLIENTS_DIR: running.clientsDir,
    PIAS_ISSUER: options.issuer ?? issuer,
    PIAS_PROXY_HOPS: '1',
    PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer,
  }
  const { code, stdout } = await runPias(env, running.dataDir, ['doctor', '--json'], options)
  const findings: Finding[] = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  return { code, of: (what: string) => findings.find(finding => finding.what === what) }
}

const CERTIFICATE = 'certificate of the issuer'
const COOKIES = 'cookies of a login'

const spoilCookies =
  (change: (cookie: string) => string): typeof spoil =>
  headers => {
    const { 'set-cookie': cookies, ...rest } = headers
    return { ...rest, ...(cookies !== undefined && { 'set-cookie': [cookies].flat().map(one => change(`${one}`)) }) }
  }

test('all is well behind a proxy that passes on what comes', async () => {
  const { code, of } = await doctor()
  expect(of('PIAS at its issuer')).toMatchObject({ fine: issuer })
  expect(of(CERTIFICATE)).toMatchObject({ fine: expect.stringMatching(/^for \d+ days yet$/) })
  expect(of('redirects of a login')).toMatchObject({ fine: `leads to ${new URL(running.simulator.issuer).origin}` })
  expect(of(COOKIES)).toMatchObject({ fine: expect.stringContaining('Secure') })
  expect(code).toBe(0)
})

test('a certificate is told before it expires, after, and where it is of another host or of nobody', async () => {
  const expiring = await doctor({ clock: () => Date.now() + 350 * DAY_MS })
  expect(expiring.of(CERTIFICATE)).toMatchObject({ warning: expect.stringMatching(/^expires in 1\d days$/) })
  const expired = await doctor({ clock: () => Date.now() + 370 * DAY_MS })
  expect(expired.of(CERTIFICATE)).toMatchObject({ wrong: 'has expired', fix: 'renew it' })
  // The same certificate at an address that is not in it.
  const elsewhere = createServer(certificate).listen(0, '127.0.0.2')
  await once(elsewhere, 'listening')
  const other = await doctor({ issuer: `https://127.0.0.2:${(elsewhere.address() as AddressInfo).port}` })
  elsewhere.close()
  expect(other.of(CERTIFICATE)).toMatchObject({
    wrong: 'does not hold (ERR_TLS_CERT_ALTNAME_INVALID)',
    fix: expect.stringContaining('host of the issuer'),
  })
  const trusted = getCACertificates('default')
  setDefaultCACertificates(getCACertificates('bundled'))
  const untrusted = await doctor()
  setDefaultCACertificates(trusted)
  expect(untrusted.of(CERTIFICATE)).toMatchObject({
    wrong: expect.stringContaining('SELF_SIGNED'),
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
  expect(untrusted.code).toBe(1)
})

test('a proxy that does not say that https came is told', async () => {
  proto = 'http'
  const { code, of } = await doctor()
  expect(of('PIAS at its issuer')).toMatchObject({ fix: expect.stringContaining('X-Forwarded-Proto') })
  expect(of('redirects of a login')).toMatchObject({ wrong: 'answers 421' })
  expect(of(COOKIES)).toMatchObject({ wrong: 'none arrives' })
  expect(code).toBe(1)
})

test('a proxy that changes cookies or redirects is told, with the name of the cookie and without its value', async () => {
  const faultBy = async (change: (cookie: string) => string) => {
    spoil = spoilCookies(change)
    return (await doctor()).of(COOKIES)?.wrong
  }
  expect(await faultBy(cookie => cookie.replace(/; secure/i, ''))).toMatch(/^__Host-\S+ comes without secure$/)
  expect(await faultBy(cookie => cookie.replace(/; httponly/i, ''))).toMatch(/^__Host-\S+ comes without httponly$/)
  expect(await faultBy(cookie => cookie.replace(/samesite=lax/i, 'SameSite=None'))).toMatch(
    /goes along from other sites/,
  )
  expect(await faultBy(cookie => cookie.replace('__Host-', ''))).toMatch(/^pias_login_\S+ comes without its prefix$/)
  expect(await faultBy(cookie => `${cookie}; Domain=localhost`)).toMatch(/comes with a domain$/)
  expect(await faultBy(cookie => cookie.replace('path=/;', 'path=/pias;'))).toMatch(/comes with the path \/pias$/)
  expect(await faultBy(cookie => cookie.replace('path=/auth/', 'path=/pias/auth/'))).toMatch(/^__Secure-pias_res/)
  spoil = headers => ({ ...headers, ...(headers.location && { location: 'http://localhost:9/auth' }) })
  expect((await doctor()).of('redirects of a login')).toMatchObject({ wrong: 'leads to http://localhost:9' })
})

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { runScript } from '#test/support/processes.ts'
import { createTestCertificate } from '#test/support/test-certificate.ts'
import { environmentIn, startPiasProcess } from './pias-process.ts'

/** What a person can mend is said in one line, and nobody is told that PIAS is ready. */
describe('npm run serve refuses to start', () => {
  let dir: string
  let taken: Server
  const file = (name: string, text: string): string => {
    const path = join(dir, name)
    writeFileSync(path, text)
    return path
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pias-refusals-'))
    taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
  })
  afterAll(() => {
    taken.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const refusal = async (env: Record<string, string>): Promise<string> => {
    const outcome = await runScript('src/main.ts', { env: environmentIn(dir, { PIAS_PORT: '0', ...env }) })
    expect(outcome).toMatchObject({ code: 1, signal: null, stdout: '' })
    const [line = '', ...rest] = outcome.stderr.split('\n')
    expect(rest).toEqual([''])
    expect(line).toMatch(/^PIAS cannot start: /)
    return line
  }

  test('a taken port', async () => {
    const { port } = taken.address() as AddressInfo
    expect(await refusal({ PIAS_PORT: String(port) })).toContain(`port ${port} is taken`)
  })

  test('a configuration file that is not there, not JSON, or not ours', async () => {
    const lines = await Promise.all([
      refusal({ PIAS_CONFIG: join(dir, 'absent.json') }),
      refusal({ PIAS_CONFIG: file('broken.json', '{\n  "server": {\n    "port": eighty\n  }\n}\n') }),
      refusal({ PIAS_CONFIG: file('list.json', '[]') }),
      refusal({ PIAS_CONFIG: file('unknown.json', '{ "server": { "prot": 3000 }, "lifetimes": { "idToken": -1 } }') }),
    ])
    expect(lines).toEqual([
      expect.stringContaining('absent.json (ENOENT)'),
      expect.stringMatching(/broken\.json is not JSON: /),
      expect.stringContaining('list.json must hold one JSON object'),
      expect.stringContaining('server: has no field prot; lifetimes.idToken: must be more than 0'),
    ])
  })

  test('settings that contradict each other, all of them at once', async () => {
    const line = await refusal({ PIAS_ENVIRONMENT: 'production', PIAS_COOKIE_KEY: 'short', PIAS_PROXY_HOPS: '7' })
    for (const path of ['issuer: ', 'upstreams.itsme.issuer: ', 'cookieKey: ', 'server.proxyHops: ']) {
      expect(line).toContain(path)
    }
    expect(line).not.toContain('short')
  })

  test('a client file that is wrong, by file and field', async () => {
    const clients = mkdtempSync(join(dir, 'bad-clients-'))
    writeFileSync(join(clients, 'shop.json'), JSON.stringify({ client_id: 'shop', client_nam: 'Shop' }))
    const line = await refusal({ PIAS_CLIENTS_DIR: clients })
    expect(line).toContain('shop.json: client_name: ')
    expect(line).toContain('shop.json: redirect_uris: ')
    expect(line).toContain('shop.json: (root): has no field client_nam')
    expect(await refusal({ PIAS_CLIENTS_DIR: join(dir, 'no-clients') })).toContain('no-clients')
  })

  test('a place for the data that is a file', async () => {
    expect(await refusal({ PIAS_DATA_DIR: file('data-file', '') })).toContain('data-file is not a directory')
  })

  test('a damaged store', async () => {
    const data = mkdtempSync(join(dir, 'damaged-'))
    writeFileSync(
      join(data, 'durable.db'),
      'not a database, but long enough to be looked at as if it were one'.repeat(9),
    )
    expect(await refusal({ PIAS_DATA_DIR: data })).toContain('durable.db is damaged or not a database')
  })

  test('the embedded store of a node that runs, which goes on; the next one may start', async () => {
    const [port, other] = (await freePorts(2)) as [number, number]
    const data = { PIAS_DATA_DIR: mkdtempSync(join(dir, 'one-node-')) }
    const env = { ...data, PIAS_PORT: String(port) }
    const first = await startPiasProcess(environmentIn(dir, env))
    try {
      const line = await refusal({ ...data, PIAS_PORT: String(other) })
      expect(line).toMatch(/node\.lock is held by another node; the sqlite store is for one node: .*\(PIAS_STORE\)$/)
      expect((await createHttpBrowser().get(`${first.ready.issuer}/readyz`)).status).toBe(200)
      // A node that is killed leaves no claim behind.
      await first.stop('SIGKILL')
      const next = await startPiasProcess(environmentIn(dir, env))
      expect(await next.stop()).toEqual({ code: 0, signal: null })
    } finally {
      await first.stop('SIGKILL')
    }
  })

  test('a certificate that is not there, not one, or of another key', async () => {
    const one = await createTestCertificate(mkdtempSync(join(dir, 'one-')))
    const other = await createTestCertificate(mkdtempSync(join(dir, 'other-')))
    const tls = (certFile: string, keyFile: string) =>
      refusal({ PIAS_TLS_CERT_FILE: certFile, PIAS_TLS_KEY_FILE: keyFile })
    expect(await tls(join(dir, 'absent.pem'), one.keyFile)).toContain('absent.pem (ENOENT)')
    expect(await tls(file('text.pem', 'text'), one.keyFile)).toContain('text.pem')
    expect(await tls(one.certFile, other.keyFile)).toContain('server.tls: ')
    expect(await refusal({ PIAS_TLS_CERT_FILE: one.certFile })).toContain('server.tls.keyFile: ')
  })

  test('a host that is not this machine', async () => {
    expect(await refusal({ PIAS_HOST: '192.0.2.1' })).toContain('server.host: this machine has no address 192.0.2.1')
  })
})

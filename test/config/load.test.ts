import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#src/config/load.ts'

describe('loadConfig', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'pias-config-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const load = (env: Record<string, string> = {}, file?: object | string) => {
    if (file === undefined) return loadConfig({ env, root })
    writeFileSync(join(root, 'pias.json'), typeof file === 'string' ? file : JSON.stringify(file))
    return loadConfig({ env: { PIAS_CONFIG: 'pias.json', ...env }, root })
  }

  test('works with nothing given', () => {
    expect(load()).toMatchObject({
      issuer: 'http://localhost:3000',
      environment: 'development',
      dataDir: join(root, 'data/pias'),
    })
  })

  test('the issuer follows from the port, and from TLS', () => {
    expect(load({ PIAS_PORT: '4001' }).issuer).toBe('http://localhost:4001')
    const tls = { PIAS_PORT: '4001', PIAS_TLS_CERT_FILE: 'c.pem', PIAS_TLS_KEY_FILE: 'k.pem' }
    expect(load(tls).issuer).toBe('https://localhost:4001')
    expect(load({ PIAS_PORT: '80' }).issuer).toBe('http://localhost')
    expect(load({ ...tls, PIAS_PORT: '443' }).issuer).toBe('https://localhost')
  })

  test('the file overrides the defaults, the environment overrides the file', () => {
    const file = { server: { port: 4002 }, upstreams: { itsme: { clientId: 'FROM_FILE' } } }
    expect(load({}, file)).toMatchObject({
      issuer: 'http://localhost:4002',
      upstreams: { itsme: { clientId: 'FROM_FILE' } },
    })
    const config = load({ PIAS_PORT: '4003', PIAS_UPSTREAM_ITSME_CLIENT_ID: 'FROM_ENV' }, file)
    expect(config).toMatchObject({ server: { port: 4003 }, upstreams: { itsme: { clientId: 'FROM_ENV' } } })
  })

  test('all problems are reported together, by path', () => {
    const file = { issuer: 'http://id.example', lifetimes: { authorizationCode: 61 }, colour: 'violet' }
    const failing = () => load({ PIAS_PORT: 'abc' }, file)
    expect(failing).toThrow(/issuer: must be https/)
    expect(failing).toThrow(/lifetimes\.authorizationCode: /)
    expect(failing).toThrow(/server\.port: /)
    expect(failing).toThrow(/colour/)
  })

  test('a secret comes from the variable or from a file, not from both', () => {
    const secret = 'a synthetic cookie key of 32 characters'
    writeFileSync(join(root, 'key'), `${secret}\n`)
    expect(load({ PIAS_COOKIE_KEY: secret }).cookieKey).toBe(secret)
    expect(load({ PIAS_COOKIE_KEY_FILE: join(root, 'key') }).cookieKey).toBe(secret)
    expect(() => load({ PIAS_COOKIE_KEY: secret, PIAS_COOKIE_KEY_FILE: join(root, 'key') })).toThrow(/not both/)
    expect(() => load({ PIAS_COOKIE_KEY_FILE: join(root, 'missing') })).toThrow(
      /PIAS_COOKIE_KEY_FILE: cannot read .*ENOENT/,
    )
  })

  test('a secret is not in the error about it', () => {
    expect(() => load({ PIAS_COOKIE_KEY: 'tooshort' })).toThrow(/cookieKey/)
    expect(() => load({ PIAS_COOKIE_KEY: 'tooshort' })).not.toThrow(/tooshort/)
  })

  test.each([
    ['{ not json', /is not JSON/],
    ['[]', /must hold one JSON object/],
  ])('a broken file (%s) is one clear line', (text, message) => {
    expect(() => load({}, text)).toThrow(message)
  })

  test('a file that is not there is one clear line', () => {
    expect(() => loadConfig({ env: { PIAS_CONFIG: 'nowhere.json' }, root })).toThrow(
      /cannot read .*nowhere\.json \(ENOENT\)/,
    )
  })

  test('production refuses plain http, for itself and for its upstreams', () => {
    const failing = () => load({ PIAS_ENVIRONMENT: 'production' })
    expect(failing).toThrow(/issuer: must be https in production/)
    expect(failing).toThrow(/upstreams\.itsme\.issuer: must be https in production/)
  })

  test.each<[{ environment?: string; [field: string]: unknown }, RegExp]>([
    [{ deadlineMs: 250 }, /customers\.sources\.0\.deadlineMs: must be less than matching\.deadlineMs/],
    [{ url: 'http://tv.example/' }, /customers\.sources\.0\.url: must be an https URL/],
    [{ tokenFile: 'file' }, /customers\.sources\.0: needs either token or tokenFile/],
    [{ send: 'tokens' }, /customers\.sources\.0: tokenKey belongs to send: tokens/],
    [{ environment: 'production' }, /customers\.sources\.0\.url: must be https in production/],
  ])('a customer source that does not hold (%j) is told', ({ environment = 'development', ...change }, message) => {
    const url = 'http://127.0.0.1:1/candidates'
    const source = { kind: 'http', id: 'tv', url, serviceLine: 'tv', send: 'claims', token: 'x'.repeat(16), records: 9 }
    const text = (more: object) => JSON.stringify({ customers: { sources: [{ ...source, ...more }] } })
    expect(() => load({}, text({}))).not.toThrow()
    expect(() => load({ PIAS_ENVIRONMENT: environment }, text(change))).toThrow(message)
  })

  test('national numbers are compared only where an upstream names the law that allows it', () => {
    const text = (more: object) => JSON.stringify({ matching: { nationalNumber: true }, ...more })
    expect(load().matching.nationalNumber).toBe(false)
    expect(() => load({}, text({}))).toThrow(/matching\.nationalNumber: needs the legal basis at an upstream/)
    const basis = { legalBasis: 'a law', decidedBy: 'somebody', decidedAt: '2026-03-14' }
    const upstreams = { itsme: { nationalNumber: basis } }
    expect(load({}, text({ upstreams })).matching.nationalNumber).toBe(true)
  })

  test.each([
    'https://id.example/',
    'https://id.example/path',
    'https://id.example?x=1',
    'ftp://id.example',
    'id.example',
  ])('the issuer %s is refused', issuer => {
    expect(() => load({ PIAS_ISSUER: issuer })).toThrow(/issuer: /)
  })

  test('is frozen', () => {
    expect(Object.isFrozen(load().upstreams)).toBe(true)
  })
})

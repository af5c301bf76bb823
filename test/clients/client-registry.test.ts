import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { openClientRegistry } from '#src/clients/client-registry.ts'

const good = {
  client_id: 'shop',
  client_name: 'Synthetic shop',
  client_secret: 'a synthetic secret of enough characters',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://shop.example/callback'],
}

const problems = (over: object): string[] => {
  const parsed = clientMetadataSchema.safeParse({ ...good, ...over })
  return parsed.success ? [] : parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
}

describe('client metadata', () => {
  test('a good client passes, with defaults', () => {
    expect(clientMetadataSchema.parse(good)).toMatchObject({
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    })
  })

  test.each([
    ['https://*.shop.example/cb', 'wildcard'],
    ['https://shop.example/cb#x', 'fragment'],
    ['https://user@shop.example/cb', 'credentials'],
    ['https://shop.example/a/../cb', 'dot segments'],
    ['https://shop.example/a/%2e%2e/cb', 'dot segments'],
    ['http://shop.example/cb', 'https'],
    ['/cb', 'absolute'],
    ['com.example.shop:/cb', 'https'],
    ['javascript:alert(1)', 'https'],
  ])('the redirect URI %s is refused: %s', (uri, reason) => {
    expect(problems({ redirect_uris: [uri] }).join()).toMatch(new RegExp(`redirect_uris\\.0: .*${reason}`))
  })

  test.each([
    ['http://127.0.0.1:4000/cb', 'web'],
    ['http://localhost/cb', 'web'],
    ['com.example.shop:/cb', 'native'],
  ])('%s is allowed for a %s app', (uri, type) => {
    expect(problems({ redirect_uris: [uri], application_type: type })).toEqual([])
  })

  test.each([
    [{ client_secret: 'short' }, 'client_secret'],
    [{ client_secret: undefined }, 'client_secret: is needed'],
    [{ token_endpoint_auth_method: 'none' }, 'client_secret: is not used'],
    [{ token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined }, 'jwks: is needed'],
    [{ scope: 'profile' }, 'scope: must include openid'],
    [{ response_types: ['token'] }, 'response_types.0'],
    [{ client_nme: 'x' }, 'client_nme'],
    [{ client_id: 'a b' }, 'client_id'],
    [{ redirect_uris: [] }, 'redirect_uris'],
    [
      {
        token_endpoint_auth_method: 'private_key_jwt',
        client_secret: undefined,
        jwks: { keys: [{ kty: 'EC', d: 'x' }] },
      },
      'public keys only',
    ],
    [{ grant_types: ['refresh_token'] }, 'grant_types: must include'],
    [{ response_types: [] }, 'response_types: must be code'],
  ])('%j is an error by field: %s', (over, message) => {
    expect(problems(over).join()).toContain(message)
  })

  const machine = { grant_types: ['client_credentials'], redirect_uris: undefined }

  test('a machine needs no redirect URI, and has no scope of people', () => {
    const parsed = clientMetadataSchema.parse({ ...good, ...machine })
    expect(parsed).toMatchObject({ redirect_uris: [], response_types: [], scope: undefined })
  })

  test.each([
    [{ grant_types: ['client_credentials', 'authorization_code'] }, 'grant_types: client_credentials needs'],
    [{ redirect_uris: ['https://shop.example/cb'] }, 'redirect_uris: is not used'],
    [{ post_logout_redirect_uris: ['https://shop.example/'] }, 'post_logout_redirect_uris: is not used'],
    [{ response_types: ['code'] }, 'response_types: is not used'],
    [{ scope: 'openid' }, 'scope: openid is for people'],
    [{ token_endpoint_auth_method: 'none', client_secret: undefined }, 'token_endpoint_auth_method: a machine'],
  ])('a machine with %j is an error by field: %s', (over, message) => {
    expect(problems({ ...machine, ...over }).join()).toContain(message)
  })

  const device = {
    ...good,
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: undefined,
  }

  test('a TV needs no redirect URI, and signs people in', () => {
    expect(clientMetadataSchema.parse(device)).toMatchObject({ redirect_uris: [], response_types: [] })
    expect(clientMetadataSchema.parse(device).scope).toContain('openid')
  })

  test.each([
    [{ grant_types: [...device.grant_types, 'authorization_code'] }, 'grant_types: the device grant needs'],
    [{ redirect_uris: ['https://shop.example/cb'] }, 'redirect_uris: is not used'],
    [{ post_logout_redirect_uris: ['https://shop.example/'] }, 'post_logout_redirect_uris: is not used'],
    [{ response_types: ['code'] }, 'response_types: is not used'],
    [{ subject_type: 'pairwise', pias_sector: 'tv' }, 'subject_type: must be public'],
    [{ scope: 'profile' }, 'scope: must include openid'],
  ])('a TV with %j is an error by field: %s', (over, message) => {
    expect(problems({ ...device, ...over }).join()).toContain(message)
  })
})

describe('client registry', () => {
  let dir: string
  let now: number
  const logged: object[] = []
  const log = (fields: object) => logged.push(fields)
  const logger = { debug: log, info: log, warn: log, error: log }
  const open = () => openClientRegistry({ dir, clock: () => now, logger })
  const write = (name: string, content: string) => writeFileSync(join(dir, name), content)

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'pias-clients-'))
    now = 1_000_000
    logged.length = 0
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('reads NAME.json and NAME/client.json, and nothing else', () => {
    mkdirSync(join(dir, 'tv'))
    write('shop.json', JSON.stringify(good))
    write('tv/client.json', JSON.stringify({ ...good, client_id: 'tv' }))
    write('tv/package.json', '{}')
    write('notes.txt', 'no client')
    write('.hidden.json', 'no client')
    expect(
      open()
        .all()
        .map(client => client.client_id)
        .sort(),
    ).toEqual(['shop', 'tv'])
  })

  test('another app is one more file, seen within a second', () => {
    const registry = open()
    write('shop.json', JSON.stringify(good))
    expect(registry.find('shop')).toBeUndefined()
    now += 1000
    expect(registry.find('shop')?.client_name).toBe('Synthetic shop')
    rmSync(join(dir, 'shop.json'))
    now += 1000
    expect(registry.find('shop')).toBeUndefined()
  })

  test('a file that became wrong is logged and its last good version stays', () => {
    write('shop.json', JSON.stringify(good))
    const registry = open()
    write('shop.json', '{ broken')
    utimesSync(join(dir, 'shop.json'), 1, 1)
    now += 1000
    expect(registry.find('shop')?.client_name).toBe('Synthetic shop')
    expect(JSON.stringify(logged)).toContain('shop.json')
  })

  test('at the start every problem is named by file and field', () => {
    write('a.json', JSON.stringify({ ...good, redirect_uris: ['http://shop.example/cb'] }))
    write('b.json', '{ broken')
    write('c.json', JSON.stringify({ ...good, client_id: 'twice' }))
    write('d.json', JSON.stringify({ ...good, client_id: 'twice' }))
    expect(open).toThrow(/a\.json: redirect_uris\.0: .*; b\.json: .*; client_id: "twice" stands in two files/)
  })

  test('a folder that cannot be read is one clear line', () => {
    rmSync(dir, { recursive: true })
    expect(open).toThrow(/cannot read the client folder .* \(ENOENT\)/)
  })
})

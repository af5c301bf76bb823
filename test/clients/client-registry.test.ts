import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClientFileSchema } from '#src/clients/client-file.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { openClientFiles, openClientRegistry } from '#src/clients/client-registry.ts'
import { findSecret } from '#src/clients/client-secrets.ts'

const good = {
  client_id: 'shop',
  client_name: 'Synthetic shop',
  client_secret: 'a synthetic secret of enough characters',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://shop.example/callback'],
}

const { client_secret: _, ...metadata } = good

const problems = (over: object): string[] => {
  const parsed = createClientFileSchema('production').safeParse({ ...good, ...over })
  return parsed.success ? [] : parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
}

describe('client metadata', () => {
  test('a good client passes, with defaults', () => {
    expect(clientMetadataSchema.parse(metadata)).toMatchObject({
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
    ['https://shop.example/a/%2E./cb', 'dot segments'],
    ['https://shop.example/a%2f..%2fcb', 'dot segments'],
    ['https://@shop.example/cb', 'credentials'],
    ['https://shop.example\\@evil.example/cb', 'backslash'],
    ['https://shop.example/\tcb', 'ASCII'],
    ['https:shop.example/cb', 'host after'],
    ['https://10.1.2.3/cb', 'private network'],
    ['https://169.254.169.254/cb', 'private network'],
    ['https://[::ffff:10.0.0.1]/cb', 'private network'],
    ['https://0xa.1/cb', 'private network'],
    ['http://shop.example/cb', 'https'],
    ['/cb', 'absolute'],
    ['com.example.shop:/cb', 'https'],
    ['javascript:alert(1)', 'https'],
  ])('the redirect URI %s is refused: %s', (uri, reason) => {
    expect(problems({ redirect_uris: [uri] }).join()).toMatch(new RegExp(`redirect_uris\\.0: .*${reason}`))
  })

  test.each(['jwks_uri', 'backchannel_logout_uri', 'logo_uri', 'client_uri', 'policy_uri', 'tos_uri'])(
    'the same holds for %s',
    field => {
      const uris = ['https://10.1.2.3/', 'https://a.example/#x', 'https://u@a.example/', 'https://a.example/../x']
      for (const uri of [...uris, 'http://a.example/', 'https://*.a.example/']) {
        expect(problems({ [field]: uri }).join()).toContain(`${field}: `)
      }
      expect(problems({ [field]: 'https://a.example/x' })).toEqual([])
    },
  )

  test.each([
    ['http://127.0.0.1:4000/cb', 'web'],
    ['http://localhost/cb', 'web'],
    ['com.example.shop:/cb', 'native'],
  ])('%s is allowed for a %s app', (uri, type) => {
    expect(problems({ redirect_uris: [uri], application_type: type })).toEqual([])
  })

  test.each([
    [{ client_secret: 'short' }, 'client_secret'],
    [{ client_secret: 'thirty-one synthetic characters' }, 'client_secret: must have at least 32 characters'],
    [{ pias_secret_hashes: ['md5:x'] }, 'pias_secret_hashes.0'],
    [{ pias_secret_file: 'secret.txt' }, 'pias_secret_file: must be an absolute path'],
    [{ pias_secret_file: '/nowhere/secret' }, 'pias_secret_file: names a file that cannot be read'],
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

  test('what is wrong with one field hides nothing of the others', () => {
    const bad = { id_token_signed_response_alg: 'none', pias_lifetimes: { accessToken: 30.5 }, default_max_age: 0.5 }
    const more = { scope: 'profile', pias_sector: 'a', jwks_uri: 'http://shop.example/', jwks: { keys: [] } }
    const uris = { redirect_uris: ['https://*.shop.example/cb'], post_logout_redirect_uris: ['http://shop.example/'] }
    const told = problems({ ...bad, ...more, ...uris, client_nme: 'x' })
    expect(told.map(problem => problem.split(':')[0]).sort()).toEqual(
      [
        '',
        'default_max_age',
        'id_token_signed_response_alg',
        'jwks.keys',
        'jwks_uri',
        'jwks_uri',
        'pias_lifetimes.accessToken',
        'pias_sector',
        'post_logout_redirect_uris.0',
        'redirect_uris.0',
        'scope',
      ].sort(),
    )
    const fapi = { pias_profile: 'fapi2', id_token_signed_response_alg: 'none', grant_types: ['implicit'] }
    expect(problems({ ...fapi, redirect_uris: ['https://a.example/#x'] }).join()).toMatch(
      /id_token_signed.*redirect_uris\.0: .*auth_method: with pias_profile.*grant_types: with pias_profile/,
    )
  })

  test('nor does what is wrong with a rule of the rollout', () => {
    const ended = { from: '2026-11-28T08:00:00Z', until: '2026-11-27T08:00:00Z' }
    const of = (existing: unknown) => problems({ pias_rollout: { existing } }).map(problem => problem.split(':')[0])
    expect(of({ ...ended, percentage: 101 })).toEqual(
      ['percentage', 'until'].map(field => `pias_rollout.existing.${field}`),
    )
    expect(of({ ...ended, from: 'now' })).toEqual(['pias_rollout.existing.from'])
    expect(of({ ...ended, from: { toString: 'x' } })).toEqual(['pias_rollout.existing.from'])
    expect(of({ from: ended.until, until: ended.from })).toEqual([])
    for (const none of ['x', null, []]) expect(of(none)).toEqual(['pias_rollout.existing'])
  })

  test('what is wrong with a field is not called missing as well, and a wrong kind is none', () => {
    const key = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined }
    expect(problems({ ...key, jwks_uri: 'shop' })).toEqual(['jwks_uri: is not an absolute URI'])
    expect(problems({ redirect_uris: 'https://shop.example/cb' })).toHaveLength(1)
    expect(problems({ token_endpoint_auth_method: 'jwt' })).toHaveLength(1)
    expect(problems({ application_type: 'tv', redirect_uris: ['be.shop.app:/cb'] })).toHaveLength(1)
    expect(problems({ subject_type: 'other', pias_sector: 'a' })).toHaveLength(1)
    expect(problems({ grant_types: ['password'], redirect_uris: [] })).toHaveLength(1)
  })

  test('no value of any field hides a wrong address, nor makes a rule fail', () => {
    const values = [null, true, -1, 1.5, 1e300, 'x', '', [], [null], [1.5], {}, { keys: [null] }, { accessToken: 30.5 }]
    const uris = { post_logout_redirect_uris: ['https://*.shop.example/'] }
    for (const field of Object.keys(clientMetadataSchema.in.shape)) {
      if (field === 'post_logout_redirect_uris') continue
      for (const value of values) {
        const told = problems({ ...uris, pias_profile: 'fapi2', [field]: value })
        expect([field, value, told.some(problem => problem.startsWith('post_logout_redirect_uris.0: '))]).toEqual([
          field,
          value,
          true,
        ])
      }
    }
    for (const value of [null, [], 'x', 1, undefined]) {
      expect(clientMetadataSchema.safeParse(value).error?.issues).toHaveLength(1)
    }
  })

  const machine = { grant_types: ['client_credentials'], redirect_uris: undefined }

  test('a machine needs no redirect URI, and has no scope of people', () => {
    const parsed = clientMetadataSchema.parse({ ...metadata, ...machine })
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
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    redirect_uris: undefined,
  }

  test('a TV needs no redirect URI, and signs people in', () => {
    expect(clientMetadataSchema.parse({ ...metadata, ...device })).toMatchObject({
      redirect_uris: [],
      response_types: [],
    })
    expect(clientMetadataSchema.parse({ ...metadata, ...device }).scope).toContain('openid')
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
  const NONE = { changed: async () => [] }
  const open = () => openClientFiles({ dir, environment: 'production', clock: () => now, logger })
  const openAll = () => openClientRegistry({ files: open(), clients: NONE, clock: () => now, logger })
  const write = (name: string, content: string) => writeFileSync(join(dir, name), content)

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'pias-clients-'))
    now = 1_000_000
    logged.length = 0
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('reads NAME.json and NAME/client.json, and nothing else', async () => {
    mkdirSync(join(dir, 'tv'))
    write('shop.json', JSON.stringify(good))
    write('tv/client.json', JSON.stringify({ ...good, client_id: 'tv' }))
    write('tv/package.json', '{}')
    write('notes.txt', 'no client')
    write('.hidden.json', 'no client')
    const registry = await openAll()
    expect(
      registry
        .all()
        .map(client => client.client_id)
        .sort(),
    ).toEqual(['shop', 'tv'])
    expect(registry.ofFiles()).toEqual(registry.all())
  })

  test('another app is one more file, seen within a second', async () => {
    const registry = await openAll()
    write('shop.json', JSON.stringify(good))
    expect(registry.find('shop')).toBeUndefined()
    now += 1000
    expect(registry.find('shop')?.client_name).toBe('Synthetic shop')
    rmSync(join(dir, 'shop.json'))
    now += 1000
    expect(registry.find('shop')).toBeUndefined()
  })

  test('a file that became wrong is logged and its last good version stays', async () => {
    write('shop.json', JSON.stringify(good))
    const registry = await openAll()
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

  test('secrets of a file are hashed at once, wherever they come from', async () => {
    writeFileSync(join(dir, 'secret'), 'another synthetic secret of enough characters\n')
    const hash = `sha256:${createHash('sha256').update(good.client_secret).digest('base64url')}`
    write('a.json', JSON.stringify(good))
    write('b.json', JSON.stringify({ ...good, client_id: 'b', client_secret: undefined, pias_secret_hashes: [hash] }))
    const byFile = { client_secret: undefined, pias_secret_file: join(dir, 'secret'), pias_secret_hashes: [hash] }
    write('c.json', JSON.stringify({ ...good, client_id: 'c', ...byFile }))
    const registry = await openAll()
    expect(registry.secretsOf('shop')).toEqual([{ id: `file-${hash.slice(7, 15)}`, hash }])
    expect(registry.secretsOf('b')).toEqual(registry.secretsOf('shop'))
    expect(findSecret(registry.secretsOf('c'), 'another synthetic secret of enough characters', 0)).toBeDefined()
    expect(findSecret(registry.secretsOf('c'), good.client_secret, 0)).toBeDefined()
    expect(findSecret(registry.secretsOf('c'), `${good.client_secret}.`, 0)).toBeUndefined()
    expect(JSON.stringify(registry.all())).not.toContain('synthetic secret')
  })

  test('a client without the secret it needs is named at the start, with what to do', async () => {
    write('a.json', JSON.stringify({ ...good, client_secret: undefined }))
    await expect(openAll()).rejects.toThrow(/shop: client_secret: is needed .*pias clients secret add shop/)
  })

  test('a folder that cannot be read is one clear line', () => {
    rmSync(dir, { recursive: true })
    expect(open).toThrow(/cannot read the client folder .* \(ENOENT\)/)
  })
})

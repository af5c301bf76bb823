import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UNKNOWN_FIX } from '#src/admin/operations/client-fixes.ts'
import { createLintClient, toFinding, toProblem } from '#src/admin/operations/client-lint.ts'
import { apiMetadataSchema } from '#src/clients/api-metadata.ts'
import { createCheckSurroundings } from '#src/clients/check-surroundings.ts'
import { createClientFileSchema } from '#src/clients/client-file.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { createImages } from '#src/pages/images.ts'

/** Each thing that can be wrong with an app has a fix of its own. */

const SOURCES = join(import.meta.dirname, '..', '..', 'src')
const findImage = createImages({ dir: undefined }).find
const SCOPE = { name: 'read', description: { nl: 'a', fr: 'a', de: 'a', en: 'a' } }
const lifetimes = { accessToken: 600, idToken: 600, refreshToken: 86_400 }
const apis = [apiMetadataSchema.parse({ audience: 'https://api.example/', name: 'Synthetic', scopes: [SCOPE] })]
const lint = createLintClient(createCheckSurroundings({ upstreams: ['itsme'], findImage, lifetimes, apis: () => apis }))
const fileSchema = createClientFileSchema('production')

const CB = 'https://app.example/cb'
const KEY = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const APP = {
  client_id: 'app',
  client_name: 'Synthetic app',
  redirect_uris: [CB],
  jwks_uri: 'https://app.example/jwks',
}
const MACHINE = { ...APP, redirect_uris: [], grant_types: ['client_credentials'] }
const TV = {
  ...APP,
  redirect_uris: [],
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
}
const FAPI = { ...APP, pias_profile: 'fapi2' }
const ofUri = (uri: string, more: object = {}) => ({ ...APP, ...more, redirect_uris: [uri] })
const secretApp = { ...APP, token_endpoint_auth_method: 'client_secret_basic' }
const HASH = `sha256:${'a'.repeat(43)}`

/** What is wrong, in part of the words of the schema; metadata that are so; a word of the fix that nothing else has. */
const CASES: readonly (readonly [reason: string, given: object, fix: RegExp])[] = [
  ['is not an absolute URI', ofUri('app'), /begin with its scheme/],
  ['must have printable ASCII characters only, and no backslash', ofUri('https://a.example/é'), /percent-encoded/],
  ['must not have a wildcard', ofUri('https://*.example/cb'), /every address as it is/],
  ['must not have a fragment', ofUri('https://a.example/#x'), /what follows #/],
  ['must not have credentials', ofUri('https://u:p@a.example/'), /before @/],
  ['must not have dot segments', ofUri('https://a.example/../x'), /without \. and \.\./],
  ['must name its host after //', ofUri('https:a.example/x'), /both slashes/],
  ['must not name an address of a private network', ofUri('https://10.0.0.1/x'), /from the internet/],
  ['must be https (http only on loopback)', ofUri('http://a.example/x'), /localhost alone/],
  ['must be https', ofUri('be.example:/x'), /"application_type": "native"/],
  [
    'must use a reverse-domain scheme (RFC 8252, 7.1)',
    ofUri('app:/x', { application_type: 'native' }),
    /that the app claims/,
  ],
  ['must be written ', { ...APP, pias_origins: ['https://a.example/x'] }, /without a path/],
  ['is needed by authorization_code', { ...APP, redirect_uris: [] }, /where people return to/],
  ['must include openid', { ...APP, scope: 'email' }, /^add openid/],
  [
    'must include authorization_code, client_credentials or the device grant',
    { ...APP, grant_types: ['refresh_token'] },
    /first token/,
  ],
  [
    'client_credentials needs a client of its own',
    { ...MACHINE, grant_types: ['client_credentials', 'authorization_code'], redirect_uris: [CB] },
    /for the other grants/,
  ],
  ['is not used by client_credentials', { ...MACHINE, redirect_uris: [CB] }, /machine sends nobody/],
  ['a machine must prove who it is', { ...MACHINE, token_endpoint_auth_method: 'none' }, /^use private_key_jwt or/],
  ['openid is for people', { ...MACHINE, scope: 'openid' }, /remove openid and offline_access/],
  [
    'the device grant needs a client of its own, with refresh_token at most',
    { ...TV, grant_types: [...TV.grant_types, 'authorization_code'], redirect_uris: [CB] },
    /keep the device grant/,
  ],
  ['is not used by the device grant', { ...TV, redirect_uris: [CB] }, /device sends nobody/],
  ['must be public with the device grant', { ...TV, subject_type: 'pairwise', pias_sector: 'a' }, /set it to public/],
  ['must be code', { ...APP, response_types: [] }, /set it to \["code"\]/],
  ['goes with subject_type pairwise', { ...APP, pias_sector: 'a' }, /or neither/],
  [
    'give either pias_sector or sector_identifier_uri',
    { ...APP, subject_type: 'pairwise', pias_sector: 'a', sector_identifier_uri: CB },
    /app of others/,
  ],
  ['must be 1 to 128 letters, digits or - . _ ~', { ...APP, client_id: 'a b' }, /short name/],
  [
    'must be lower-case letters, digits or -',
    { ...APP, subject_type: 'pairwise', pias_sector: 'A B' },
    /small letters/,
  ],
  ['must be lower-case letters, digits or -', { ...APP, pias_upstreams: ['It is me'] }, /small letters/],
  ['must not name an upstream twice', { ...APP, pias_upstreams: ['itsme', 'itsme'] }, /each upstream once/],
  [
    'must be later than from',
    { ...APP, pias_rollout: { existing: { from: '2026-11-28T08:00:00Z', until: '2026-11-27T08:00:00Z' } } },
    /later time/,
  ],
  ['either jwks or jwks_uri', { ...APP, jwks: { keys: [KEY] } }, /publishes its keys/],
  ['is needed by private_key_jwt (or jwks_uri)', { ...APP, jwks_uri: undefined }, /app's public keys/],
  [
    'must hold public keys only',
    { ...APP, jwks_uri: undefined, jwks: { keys: [{ ...KEY, d: 'd' }] } },
    /remove d and k/,
  ],
  [
    'is for clients that authenticate; with none PKCE is all there is',
    { ...APP, token_endpoint_auth_method: 'none', pias_pkce_required: false },
    /always uses PKCE/,
  ],
  [
    'is needed beside id_token_encrypted_response_enc',
    { ...APP, id_token_encrypted_response_enc: 'A256GCM' },
    /content encryption/,
  ],
  [
    'holds no key for ',
    { ...APP, jwks_uri: undefined, jwks: { keys: [KEY] }, id_token_encrypted_response_alg: 'RSA-OAEP-256' },
    /without "use": "sig"/,
  ],
  [
    'needs a key of the client: jwks or jwks_uri',
    { ...APP, jwks_uri: undefined, token_endpoint_auth_method: 'none', request_object_signing_alg: 'ES256' },
    /public key for it/,
  ],
  [
    'fapi2 must be private_key_jwt',
    { ...FAPI, token_endpoint_auth_method: 'client_secret_basic' },
    /or remove pias_profile$/,
  ],
  ['fapi2 must be ES256, PS256 or EdDSA', { ...FAPI, id_token_signed_response_alg: 'RS256' }, /where it has a default/],
  [
    'fapi2 may be authorization_code, refresh_token or client_credentials',
    { ...FAPI, grant_types: ['authorization_code', 'implicit'] },
    /remove the other grants/,
  ],
  ['fapi2 must be code', { ...FAPI, response_types: ['id_token'] }, /leave response_types out/],
  ['fapi2 must be query', { ...FAPI, response_modes: ['form_post'] }, /leave response_modes out/],
  ['fapi2 must not be false', { ...FAPI, pias_pkce_required: false }, /sets it to true/],
  [
    'fapi2 must hold RSA keys of 2048 bits or more',
    { ...FAPI, jwks_uri: undefined, jwks: { keys: [{ kty: 'RSA', n: 'n', e: 'e' }] } },
    /make a new key/,
  ],
  [
    'must be at most 600 seconds, which lifetimes.accessToken',
    { ...APP, pias_lifetimes: { accessToken: 601 } },
    /as for all apps then/,
  ],
  [
    'needs an API that introspects, and https://api.example/ names no clients',
    { ...APP, scope: 'openid read', pias_access_token_format: 'opaque' },
    /in `clients` of its file/,
  ],
  ['must be opaque', { ...APP, pias_access_token_format: 'jwt' }, /each API says it/],
  [
    'is not used by token exchange',
    {
      ...MACHINE,
      grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      pias_access_token_format: 'opaque',
    },
    /leave it out/,
  ],
  ['no upstream "walet" is configured', { ...APP, pias_upstreams: ['walet'] }, /name one of upstreams/],
  ['there is no folder of images (pages.imagesDir)', { ...APP, pias_logo: 'a.svg' }, /set pages\.imagesDir/],
  ['has a contrast of ', { ...APP, pias_accent: '#ffff00' }, /white text/],
  ['must be a colour such as #5c2d91', { ...APP, pias_accent: 'yellow' }, /hexadecimal/],
  ['has no field client_nam', { ...APP, client_nam: 'x' }, /spelling/],
  ['is missing', { ...APP, client_name: undefined }, /not empty/],
  ['must be a string', { ...APP, client_name: 1 }, /in quotes$/],
  ['must be a list', { ...APP, contacts: 'a' }, /into \[ \]/],
  ['must be an object', { ...APP, pias_rollout: 'a' }, /into \{ \}/],
  ['must be true or false', { ...APP, require_auth_time: 'yes' }, /write true or false/],
  ['must be a number', { ...APP, default_max_age: 'a' }, /write digits/],
  ['must be a time, such as', { ...APP, pias_rollout: { existing: { from: 'now' } } }, /as in the example/],
  ['must be one of ', { ...APP, token_endpoint_auth_method: 'jwt' }, /^choose one of those/],
  ['must be at least 0', { ...APP, default_max_age: -1 }, /larger/],
  ['must be at most 100', { ...APP, pias_rollout: { existing: { percentage: 101 } } }, /smaller/],
  ['needs at least 1 entry', { ...APP, response_modes: [] }, /add what is missing/],
  ['must have at most 80 characters', { ...APP, client_name: 'a'.repeat(81) }, /shorten/],
  ['must be fapi2', { ...APP, pias_profile: 'fapi1' }, /write that/],
]

/** As above, of what stands in files alone. */
const FILE_CASES: typeof CASES = [
  ['is for clients that register themselves', { ...APP, pias_implicit: true }, /uses the code flow/],
  ['must have at least 32 characters', { ...secretApp, client_secret: 'short' }, /openssl/],
  ['must be an absolute path', { ...secretApp, pias_secret_file: 'secret' }, /begin the path/],
  ['names a file that cannot be read', { ...secretApp, pias_secret_file: '/nowhere/secret' }, /mount/],
  [
    'names a secret of less than 32 characters',
    { ...secretApp, pias_secret_file: '/dev/null' },
    /longer random secret/,
  ],
  ['must be sha256: and 43 characters of base64url', { ...secretApp, pias_secret_hashes: ['x'] }, /pias export/],
  [
    'two secrets at most',
    { ...secretApp, client_secret: 'a'.repeat(32), pias_secret_hashes: [HASH, HASH.replaceAll('aa', 'ab')] },
    /the oldest/,
  ],
  ['is not used by private_key_jwt', { ...APP, client_secret: 'a'.repeat(32) }, /remove the secret/],
]

/** Of messages that no metadata bring about here. */
const TOLD: readonly (readonly [reason: string, fix: RegExp])[] = [
  ['stands twice', /client_id of its own/],
  ['"a/b" is no name of an SVG, PNG or WebP', /without a folder/],
  ['a.svg has 9000 bytes, 8192 at most', /smaller: fewer/],
  ['a.svg cannot be read (ENOENT)', /where PIAS can read it/],
]

const given = (metadata: object) => JSON.parse(JSON.stringify(metadata)) as Json
const fromFile = (metadata: object) => (fileSchema.safeParse(given(metadata)).error?.issues ?? []).map(toProblem)

test.each(CASES)('%s', (reason, metadata, fix) => {
  const { errors } = lint(given(metadata))
  const found = errors.find(error => error.reason.includes(reason))
  expect(found ?? errors).toMatchObject({ fix: expect.stringMatching(fix) })
  expect(errors.filter(error => error.fix === UNKNOWN_FIX)).toEqual([])
})

test('what is named and not there is told beside what is wrong with other fields', () => {
  const wrong = { ...APP, id_token_signed_response_alg: 'none', redirect_uris: [], pias_upstreams: ['walet'] }
  const { errors } = lint(given({ ...wrong, pias_lifetimes: { accessToken: 601, idToken: 601 } }))
  expect(errors.map(({ field }) => field)).toEqual([
    'id_token_signed_response_alg',
    'redirect_uris',
    'pias_upstreams',
    'pias_lifetimes.accessToken',
    'pias_lifetimes.idToken',
  ])
  expect(lint(['x']).errors).toHaveLength(1)
})

test.each(FILE_CASES)('in a file: %s', (reason, metadata, fix) => {
  const errors = fromFile(metadata).map(toFinding)
  const found = errors.find(error => error.reason.includes(reason))
  expect(found ?? errors).toMatchObject({ fix: expect.stringMatching(fix) })
})

test.each(TOLD)('told elsewhere: %s', (message, fix) => {
  expect(toFinding({ field: 'any', message }).fix).toMatch(fix)
})

test('each fix is that of one reason alone, and every message of the sources is among those above', () => {
  const all = [...CASES, ...FILE_CASES].map(([reason]) => reason)
  const fixes = new Map<string, string>()
  for (const reason of new Set([...all, ...TOLD.map(([message]) => message)])) {
    const { fix } = toFinding({
      field: 'any',
      message: reason.startsWith('fapi2') ? `with pias_profile ${reason}` : reason,
    })
    expect([reason, fixes.get(fix)]).toEqual([reason, undefined])
    fixes.set(fix, reason)
  }
  const files = ['client-shape', 'client-rules', 'fapi2-rules', 'redirect-uri', 'client-file', 'check-surroundings']
  const said = files
    .flatMap(file => readFileSync(join(SOURCES, 'clients', `${file}.ts`), 'utf8').split('\n'))
    .filter(line => !/^\s*(\/?\*|\/\/)/.test(line))
    .flatMap(line => [
      ...line.matchAll(
        /'((?:must|is|are|may|needs|goes|give|has|names|holds|two|openid is|a machine|the device|client_credentials) [^']+)'/g,
      ),
    ])
    .map(([, message = '']) => message)
  expect(said.length).toBeGreaterThan(40)
  expect(said.filter(message => !all.some(reason => message.includes(reason) || reason.includes(message)))).toEqual([])
})

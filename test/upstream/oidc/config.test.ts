import { oidcConfigSchema } from '#src/upstream/oidc/config.ts'
import { metadataUrl } from '#src/upstream/openid/provider-metadata.ts'
import { partnerConfig, SECRET } from './support.ts'

const ISSUER = 'https://partner.example'

const problems = (changes: object): string[] => {
  const parsed = oidcConfigSchema.safeParse(partnerConfig(ISSUER, changes))
  return parsed.success ? [] : parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
}

test('what is not configured is not trusted', () => {
  expect(oidcConfigSchema.parse(partnerConfig(ISSUER, { acr: undefined }))).toMatchObject({
    scope: 'openid profile email phone address',
    acr: { request: {}, accept: {}, absent: 'refuse' },
    idTokenAlg: 'RS256',
    verified: { phone: false, email: false, identity: false },
    userinfo: 'if-needed',
  })
})

test.each([
  ['http://partner.example', 'https'],
  ['https://user:secret@partner.example', 'https'],
  ['https://partner.example/?a=b', 'query'],
  ['partner', 'https'],
])('the issuer %s is refused: %s', (issuer, reason) => {
  expect(problems({ issuer }).join()).toMatch(new RegExp(`issuer: .*${reason}`))
})

test.each([
  ['no secret', { method: 'client_secret_basic' }],
  ['two secrets', { method: 'client_secret_basic', secret: SECRET, secretFile: '/run/secrets/partner' }],
  ['a short secret', { method: 'client_secret_post', secret: 'short' }],
  ['a secret with a key', { method: 'private_key_jwt', secret: SECRET }],
  ['an unknown method', { method: 'client_secret_jwt', secret: SECRET }],
  ['a MAC', { method: 'private_key_jwt', alg: 'HS256' }],
])('authentication with %s is refused', (_what, authentication) => {
  expect(problems({ authentication })).not.toEqual([])
})

test.each([
  { idTokenAlg: 'none' },
  { idTokenAlg: 'HS256' },
  { scope: 'profile' },
  { acr: { accept: { gold: 'gold' } } },
  { acr: { request: { gold: 'gold' } } },
  { id: 'a/b' },
  { trust: true },
  { verified: { name: true } },
])('%j is refused', changes => {
  expect(problems(changes)).not.toEqual([])
})

test.each([
  ['https://partner.example', 'https://partner.example/.well-known/openid-configuration'],
  ['https://partner.example/', 'https://partner.example/.well-known/openid-configuration'],
  ['https://partner.example/t/1', 'https://partner.example/t/1/.well-known/openid-configuration'],
])('the metadata of %s is at %s', (issuer, url) => {
  expect(metadataUrl(issuer)).toBe(url)
})

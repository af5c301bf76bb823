import { z } from 'zod'
import { LOCALES } from '#src/kernel/identity.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * What is wrong with a redirect URI, or undefined. Exact strings only, so nothing that two parsers could read in two
 * ways: no wildcard, fragment, credentials or dot segment; https, loopback http, or a reverse-domain private-use scheme
 * for native apps (RFC 8252, 7; RFC 9700, 4.1).
 */
export const redirectUriProblem = (uri: string, native: boolean): string | undefined => {
  const url = URL.parse(uri)
  if (url === null) return 'is not an absolute URI'
  if (uri.includes('*')) return 'must not have a wildcard'
  if (uri.includes('#')) return 'must not have a fragment'
  if (url.username || url.password) return 'must not have credentials'
  if (/\/\.{1,2}(\/|$|\?)|%2e/i.test(uri)) return 'must not have dot segments'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') return LOOPBACK.has(url.hostname) ? undefined : 'must be https (http only on loopback)'
  if (!native) return 'must be https'
  return url.protocol.includes('.') ? undefined : 'must use a reverse-domain scheme (RFC 8252, 7.1)'
}

const uris = z.array(z.string()).min(1)
const https = z.string().refine(uri => redirectUriProblem(uri, false) === undefined, 'must be an https URL')
const jwks = z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })

const shape = z.strictObject({
  client_id: z.string().regex(/^[\w.~-]{1,128}$/, 'must be 1 to 128 letters, digits or - . _ ~'),
  client_name: z.string().min(1).max(80),
  client_secret: z.string().min(8, 'must have at least 8 characters').optional(),
  client_uri: https.optional(),
  logo_uri: https.optional(),
  policy_uri: https.optional(),
  tos_uri: https.optional(),
  initiate_login_uri: https.optional(),
  application_type: z.enum(['web', 'native']).default('web'),
  redirect_uris: uris,
  post_logout_redirect_uris: z.array(z.string()).default([]),
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token'])).default(['authorization_code']),
  response_types: z.array(z.literal('code')).default(['code']),
  scope: z.string().default('openid profile email phone address customer'),
  token_endpoint_auth_method: z
    .enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'])
    .default('private_key_jwt'),
  token_endpoint_auth_signing_alg: z.enum(['ES256', 'PS256', 'RS256', 'EdDSA']).optional(),
  id_token_signed_response_alg: z.enum(['ES256', 'RS256']).default('ES256'),
  jwks: jwks.optional(),
  jwks_uri: https.optional(),
  default_max_age: z.int().nonnegative().optional(),
  default_acr_values: z.array(z.string()).optional(),
  require_auth_time: z.boolean().optional(),
  contacts: z.array(z.string()).optional(),
  software_id: z.string().optional(),
  software_version: z.string().optional(),
  /** Language of the pages when nothing the person said decides. */
  pias_default_locale: z.enum(LOCALES).optional(),
  pias_help_uri: https.optional(),
  /** Upstreams that may log people in for this client; the first is where they go unless the app hints at another. */
  pias_upstreams: z
    .array(z.string().regex(/^[a-z0-9-]+$/))
    .min(1)
    .refine(ids => new Set(ids).size === ids.length, 'must not name an upstream twice')
    .optional(),
})

type Shape = z.infer<typeof shape>

const checkKeys = (client: Shape, fail: (field: string, message: string) => void): void => {
  const method = client.token_endpoint_auth_method
  const withSecret = method.startsWith('client_secret_')
  if (withSecret && client.client_secret === undefined) fail('client_secret', `is needed by ${method}`)
  if (!withSecret && client.client_secret !== undefined) fail('client_secret', `is not used by ${method}`)
  if (client.jwks !== undefined && client.jwks_uri !== undefined) fail('jwks_uri', 'give either jwks or jwks_uri')
  if (method === 'private_key_jwt' && client.jwks === undefined && client.jwks_uri === undefined) {
    fail('jwks', 'is needed by private_key_jwt (or jwks_uri)')
  }
  if (client.jwks?.keys.some(key => 'd' in key || 'k' in key)) fail('jwks', 'must hold public keys only')
}

/**
 * One relying party as its file describes it: RFC 7591 names, PIAS's own under `pias_*`. Unknown fields are errors, so
 * that a typing error is not silently a default.
 */
export const clientMetadataSchema = shape.superRefine((client, context) => {
  const fail = (field: string, message: string, index?: number) =>
    context.addIssue({ code: 'custom', path: index === undefined ? [field] : [field, index], message })
  const native = client.application_type === 'native'
  for (const field of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    client[field].forEach((uri, index) => {
      const problem = redirectUriProblem(uri, native)
      if (problem !== undefined) fail(field, problem, index)
    })
  }
  if (!client.scope.split(' ').includes('openid')) fail('scope', 'must include openid')
  if (!client.grant_types.includes('authorization_code')) fail('grant_types', 'must include authorization_code')
  checkKeys(client, fail)
})

/** A relying party that passed. */
export type ClientMetadata = z.infer<typeof clientMetadataSchema>

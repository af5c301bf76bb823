import { z } from 'zod'

/** What a client that registers by itself may become (RFC 7591); an initial access token names one of these. */
const policy = z.strictObject({
  /** Scopes it may ask for, and gets when it names none. */
  scope: z
    .string()
    .refine(value => value.split(' ').includes('openid'), 'must include openid')
    .default('openid profile email phone address offline_access'),
  grantTypes: z
    .array(z.enum(['authorization_code', 'refresh_token']))
    .min(1)
    .default(['authorization_code', 'refresh_token']),
  authMethods: z
    .array(z.enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none']))
    .min(1)
    .default(['private_key_jwt', 'client_secret_basic', 'client_secret_post']),
  responseModes: z
    .array(z.enum(['query', 'form_post']))
    .min(1)
    .default(['query']),
  /** `true`: clients may ask for tokens that come by the browser, which RFC 9700 (2.1.2) advises against. */
  implicit: z.boolean().default(false),
  /** `false`: clients that authenticate may do without PKCE. */
  pkceRequired: z.boolean().default(true),
  /** Hosts its redirect URIs may have; any by default. */
  redirectHosts: z.array(z.string().min(1)).min(1).optional(),
})

/** Dynamic registration; absent, clients are files alone. */
export const registrationConfigSchema = z.strictObject({
  policies: z
    .record(z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits or -'), policy)
    .refine(policies => Object.keys(policies).length > 0, 'must name one policy or more'),
})

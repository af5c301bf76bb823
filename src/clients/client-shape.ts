import { z } from 'zod'
import { accentProblem } from '#src/kernel/contrast.ts'
import { ACRS, LOCALES } from '#src/kernel/identity.ts'
import { rolloutPolicySchema } from '#src/rollout/policy.ts'
import { CLIENT_SIGNING_ALGS, ENCRYPTION_ALGS, ENCRYPTION_ENCS, OWN_SIGNING_ALGS } from './algorithms.ts'
import { clientLifetimesSchema } from './client-lifetimes.ts'
import { originProblem, redirectUriProblem } from './redirect-uri.ts'
import { wholeNumber } from './whole-number.ts'

/** The grant of devices that have no browser (RFC 8628). */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const uris = z.array(z.string()).default([])
const https = z.string().superRefine((uri, context) => {
  const message = redirectUriProblem(uri, false)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})
const jwks = z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) })

/** Answers that bring tokens by the browser (OpenID Connect Core 3.2). */
export const IMPLICIT_RESPONSE_TYPES = ['id_token', 'id_token token'] as const

/** What a machine may do: act for itself, and for the person that an API of its was called for (RFC 8693). */
export const MACHINE_GRANTS = ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'] as const

/** Whether a client acts for itself, without anybody who logs in. */
export const isMachine = (client: { grant_types: readonly string[] }): boolean =>
  MACHINE_GRANTS.some(grant => client.grant_types.includes(grant))

/** Each field of a client by itself; client-rules.ts has what they owe each other. */
export const clientShape = z.strictObject({
  client_id: z.string().regex(/^[\w.~-]{1,128}$/, 'must be 1 to 128 letters, digits or - . _ ~'),
  client_name: z.string().min(1).max(80),
  client_uri: https.optional(),
  logo_uri: https.optional(),
  policy_uri: https.optional(),
  tos_uri: https.optional(),
  initiate_login_uri: https.optional(),
  application_type: z.enum(['web', 'native']).default('web'),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  backchannel_logout_uri: https.optional(),
  backchannel_logout_session_required: z.boolean().default(true),
  /** Where the app is told that links of a person it knows were changed (src/app-events/README.md). */
  pias_webhook_uri: https.optional(),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'implicit', DEVICE_CODE, ...MACHINE_GRANTS]))
    .default(['authorization_code']),
  response_types: z.array(z.enum(['code', ...IMPLICIT_RESPONSE_TYPES])).optional(),
  /** How answers may go back to the app; `form_post` by a page of PIAS that submits itself. */
  response_modes: z
    .array(z.enum(['query', 'form_post']))
    .min(1)
    .default(['query']),
  scope: z.string().optional(),
  token_endpoint_auth_method: z
    .enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'])
    .default('private_key_jwt'),
  token_endpoint_auth_signing_alg: z.enum(CLIENT_SIGNING_ALGS).optional(),
  id_token_signed_response_alg: z.enum(OWN_SIGNING_ALGS).default('ES256'),
  id_token_encrypted_response_alg: z.enum(ENCRYPTION_ALGS).optional(),
  id_token_encrypted_response_enc: z.enum(ENCRYPTION_ENCS).optional(),
  userinfo_signed_response_alg: z.enum(OWN_SIGNING_ALGS).optional(),
  userinfo_encrypted_response_alg: z.enum(ENCRYPTION_ALGS).optional(),
  userinfo_encrypted_response_enc: z.enum(ENCRYPTION_ENCS).optional(),
  request_object_signing_alg: z.enum(CLIENT_SIGNING_ALGS).optional(),
  /** Authorization requests only as signed request objects (RFC 9101). */
  require_signed_request_object: z.boolean().optional(),
  jwks: jwks.optional(),
  jwks_uri: https.optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(),
  /** Where a pairwise client that has no `pias_sector` lists its redirect URIs; its host is the sector (OIDC Core 8.1). */
  sector_identifier_uri: https.optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  default_max_age: wholeNumber.nonnegative().optional(),
  default_acr_values: z.array(z.enum(ACRS)).optional(),
  require_auth_time: z.boolean().optional(),
  contacts: z.array(z.string()).optional(),
  software_id: z.string().optional(),
  software_version: z.string().optional(),
  /** Language of the pages when nothing the person said decides. */
  pias_default_locale: z.enum(LOCALES).optional(),
  pias_help_uri: https.optional(),
  /** One of PIAS's own apps: consent is by contract, but for data on health. All others ask the person. */
  pias_first_party: z.boolean().default(false),
  /** `fapi2`: the FAPI 2.0 Security Profile, as a whole (fapi2-rules.ts). */
  pias_profile: z.literal('fapi2').optional(),
  /** `false`: a client that authenticates may do without PKCE (RFC 7636), which is otherwise asked of every client. */
  pias_pkce_required: z.boolean().default(true),
  /** DPoP proofs only with a nonce of ours (RFC 9449, 8 and 9). */
  pias_dpop_nonce_required: z.boolean().optional(),
  /** Tokens may come by the browser (`id_token`, `id_token token`): for clients that register, where a policy says so. */
  pias_implicit: z.literal(true).optional(),
  /** No login below this level, whatever a request asks. */
  pias_minimum_acr: z.enum(ACRS).optional(),
  /** Apps of one sector know a person by the same subject, wherever they redirect to; others cannot compare theirs. */
  pias_sector: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits or -')
    .optional(),
  /** Tokens of this app that live less long than those of all apps. */
  pias_lifetimes: clientLifetimesSchema.optional(),
  /** `opaque`: access tokens of this app are introspected by whichever API they are for (access-token-format.ts). */
  pias_access_token_format: z.literal('opaque').optional(),
  /** `false`: everybody is authenticated for this very client; a session that is there already is not used. */
  pias_single_sign_on: z.boolean().optional(),
  /** Origins whose pages may call PIAS from the browser (Fetch, CORS protocol): those of an app without a server. */
  pias_origins: z
    .array(
      z.string().superRefine((origin, context) => {
        const message = originProblem(origin)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    )
    .max(10)
    .optional(),
  /** File of the app's mark in the folder of images, shown beside its name. */
  pias_logo: z.string().optional(),
  /** Colour of the app's buttons and links, `#rrggbb`. */
  pias_accent: z
    .string()
    .superRefine((accent, context) => {
      const message = accentProblem(accent)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .optional(),
  /** Upstreams that may log people in for this client; the first is where they go unless the app hints at another. */
  pias_upstreams: z
    .array(z.string().regex(/^[a-z0-9-]+$/, 'must be lower-case letters, digits or -'))
    .min(1)
    .refine(ids => new Set(ids).size === ids.length, 'must not name an upstream twice')
    .optional(),
  /** Who logs in how, as long as nothing else is stored (`pias rollout set`). */
  pias_rollout: rolloutPolicySchema.optional(),
})

/** What an app may ask for unless its file says otherwise. */
export const APP_SCOPE = 'openid profile email phone address customer'

/** A client whose fields are right, each by itself. */
export type ClientShape = z.infer<typeof clientShape>

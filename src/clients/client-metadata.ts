import { z } from 'zod'
import { accentProblem } from '#src/kernel/contrast.ts'
import { ACRS, LOCALES } from '#src/kernel/identity.ts'
import { rolloutPolicySchema } from '#src/rollout/policy.ts'
import { CLIENT_SIGNING_ALGS, canEncryptTo, ENCRYPTION_ALGS, ENCRYPTION_ENCS, OWN_SIGNING_ALGS } from './algorithms.ts'
import { clientLifetimesSchema } from './client-lifetimes.ts'
import { checkFapi2, FAPI2_FIELDS } from './fapi2-rules.ts'
import { originProblem, redirectUriProblem } from './redirect-uri.ts'
import { rightFields } from './right-fields.ts'
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
const MACHINE_GRANTS = ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'] as const

/** Whether a client acts for itself, without anybody who logs in. */
export const isMachine = (client: { grant_types: readonly string[] }): boolean =>
  MACHINE_GRANTS.some(grant => client.grant_types.includes(grant))

const shape = z.strictObject({
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

type Shape = z.infer<typeof shape>

/**
 * Metadata as rules look at them, also beside a field that is wrong: `right` has no field that is, `isGiven` says whether
 * there is anything in a field, right or wrong, so that what is wrong is not called missing as well.
 */
type Looked = {
  readonly right: Partial<Shape>
  readonly isGiven: (field: keyof Shape) => boolean
  readonly fail: (field: string, message: string, index?: number) => void
}

const checkKeys = ({ right, isGiven, fail }: Looked): void => {
  const method = right.token_endpoint_auth_method
  if (isGiven('jwks') && isGiven('jwks_uri')) fail('jwks_uri', 'give either jwks or jwks_uri')
  if (method === 'private_key_jwt' && !isGiven('jwks') && !isGiven('jwks_uri')) {
    fail('jwks', 'is needed by private_key_jwt (or jwks_uri)')
  }
  if (right.jwks?.keys.some(key => 'd' in key || 'k' in key)) fail('jwks', 'must hold public keys only')
  if (method === 'none' && right.pias_pkce_required === false) {
    fail('pias_pkce_required', 'is for clients that authenticate; with none PKCE is all there is')
  }
}

const KEY_ELSEWHERE = 'needs a key of the client: jwks or jwks_uri'

/** What is signed by the client or encrypted to it needs a key of its own; of a `jwks_uri` nothing is known here. */
const checkSignedAndEncrypted = ({ right, isGiven, fail }: Looked): void => {
  const keys = right.jwks?.keys
  const hasKeys = isGiven('jwks') || isGiven('jwks_uri')
  for (const what of ['id_token', 'userinfo'] as const) {
    const algField = `${what}_encrypted_response_alg` as const
    const encField = `${what}_encrypted_response_enc` as const
    const alg = right[algField]
    if (!isGiven(algField) && isGiven(encField)) fail(algField, `is needed beside ${encField}`)
    if (alg === undefined) continue
    if (!hasKeys) fail(algField, KEY_ELSEWHERE)
    else if (keys?.every(key => !canEncryptTo(key, alg))) fail('jwks', `holds no key for ${algField} ${alg}`)
  }
  if (!hasKeys && (right.require_signed_request_object || right.request_object_signing_alg !== undefined)) {
    fail('request_object_signing_alg', KEY_ELSEWHERE)
  }
}

/** An app that signs people in by the code flow (OIDC Core, 3.1). */
const checkApp = ({ right, fail }: Looked): void => {
  const others = right.response_types?.some(type => type !== 'code')
  if (right.response_types?.length === 0 || (others && !right.pias_implicit)) fail('response_types', 'must be code')
  if (!(right.scope ?? APP_SCOPE).split(' ').includes('openid')) fail('scope', 'must include openid')
}

type Grants = Shape['grant_types']

/**
 * A machine acts for itself alone (RFC 6749, 4.4). It is a client of its own, so that its tokens are never taken for
 * those of a person (RFC 9700, 4.15).
 */
const checkMachine = ({ right, isGiven, fail }: Looked, grants: Grants): void => {
  const others = grants.filter(grant => !MACHINE_GRANTS.some(one => one === grant))
  if (others.length > 0) fail('grant_types', 'client_credentials needs a client of its own')
  if (right.token_endpoint_auth_method === 'none') fail('token_endpoint_auth_method', 'a machine must prove who it is')
  for (const field of ['redirect_uris', 'post_logout_redirect_uris', 'response_types'] as const) {
    if (right[field]?.length) fail(field, 'is not used by client_credentials')
  }
  if (/(^| )(openid|offline_access)( |$)/.test(right.scope ?? '')) fail('scope', 'openid is for people')
  // What an API gets for a call of its own names who called it (`act`), which opaque tokens are not read for.
  if (grants.includes(MACHINE_GRANTS[1]) && isGiven('pias_access_token_format')) {
    fail('pias_access_token_format', 'is not used by token exchange')
  }
}

/**
 * A TV is a client of its own, so that its codes, which can be talked out of people, are good for nothing else. The
 * library cannot tell the sector of a device that is known by its name alone.
 */
const checkDevice = ({ right, fail }: Looked, grants: Grants): void => {
  if (grants.some(grant => grant !== DEVICE_CODE && grant !== 'refresh_token')) {
    fail('grant_types', 'the device grant needs a client of its own, with refresh_token at most')
  }
  for (const field of ['redirect_uris', 'post_logout_redirect_uris', 'response_types'] as const) {
    if (right[field]?.length) fail(field, 'is not used by the device grant')
  }
  if (right.subject_type === 'pairwise') fail('subject_type', 'must be public with the device grant')
  if (!(right.scope ?? APP_SCOPE).split(' ').includes('openid')) fail('scope', 'must include openid')
}

/** What a client is for, by its grants. */
const checkGrants = (looked: Looked, grants: Grants): void => {
  if (isMachine({ grant_types: grants })) checkMachine(looked, grants)
  else if (grants.includes(DEVICE_CODE)) checkDevice(looked, grants)
  else if (grants.includes('authorization_code') || looked.right.pias_implicit) checkApp(looked)
  else looked.fail('grant_types', 'must include authorization_code, client_credentials or the device grant')
}

const checkSector = ({ right, isGiven, fail }: Looked): void => {
  const [hasSector, hasSectorUri] = [isGiven('pias_sector'), isGiven('sector_identifier_uri')]
  if (hasSector && hasSectorUri) fail('sector_identifier_uri', 'give either pias_sector or sector_identifier_uri')
  // Of what is neither public nor pairwise nobody knows.
  if (isGiven('subject_type') && right.subject_type === undefined) return
  if (right.subject_type === 'pairwise' ? !hasSector && !hasSectorUri : hasSector) {
    fail('pias_sector', 'goes with subject_type pairwise')
  }
}

/** Grants that are wrong may still name one that sends people back. */
const lacksRedirectUris = (client: { grant_types?: unknown; redirect_uris?: unknown }): boolean => {
  const { grant_types: grants, redirect_uris: addresses } = client
  const redirects = Array.isArray(grants) && (grants.includes('authorization_code') || grants.includes('implicit'))
  return redirects && Array.isArray(addresses) && addresses.length === 0
}

const checkAddresses = ({ right, fail }: Looked): void => {
  // Of what is neither web nor native only what is wrong with both is told.
  const native = right.application_type !== 'web'
  for (const field of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    right[field]?.forEach((uri, index) => {
      const problem = redirectUriProblem(uri, native)
      if (problem !== undefined) fail(field, problem, index)
    })
  }
}

/** Rules are asked beside what is wrong with single fields, so that whoever writes the file hears of all at once. */
const checked = shape.superRefine(
  (client, context) => {
    const right: Partial<Shape> = rightFields(client, context.issues)
    const looked: Looked = {
      right,
      isGiven: field => client[field] !== undefined,
      fail: (field, message, index) =>
        context.addIssue({ code: 'custom', path: index === undefined ? [field] : [field, index], message }),
    }
    if (lacksRedirectUris(client)) looked.fail('redirect_uris', 'is needed by authorization_code')
    checkAddresses(looked)
    checkSector(looked)
    if (right.grant_types !== undefined) checkGrants(looked, right.grant_types)
    checkKeys(looked)
    checkSignedAndEncrypted(looked)
    if (right.pias_profile === 'fapi2') checkFapi2(right, looked.fail)
  },
  // Only of an object: then what is wrong is wrong in a field, or is one that there is not.
  { when: ({ issues }) => issues.every(({ code, path }) => code === 'unrecognized_keys' || (path ?? []).length > 0) },
)

/** OpenID Registration's default would be an older one (OpenID Connect Dynamic Client Registration 1.0, 2). */
const encryptionOf = (client: Shape) => ({
  ...(client.id_token_encrypted_response_alg && { id_token_encrypted_response_enc: ENCRYPTION_ENCS[0] }),
  ...(client.userinfo_encrypted_response_alg && { userinfo_encrypted_response_enc: ENCRYPTION_ENCS[0] }),
})

/** Whether a client proves itself with a secret (RFC 6749, 2.3.1). */
export const usesSecret = (client: { token_endpoint_auth_method: string }): boolean =>
  client.token_endpoint_auth_method.startsWith('client_secret_')

/**
 * One relying party as a file or whoever registers it describes it: RFC 7591 names, PIAS's own under `pias_*`, no secret.
 * Unknown fields are errors, so that a typing error is not silently a default.
 */
export const clientMetadataSchema = checked.transform(client => {
  const responseTypes = client.response_types ?? (client.grant_types.includes('authorization_code') ? ['code'] : [])
  return {
    ...client,
    ...encryptionOf(client),
    ...(client.pias_profile === 'fapi2' ? FAPI2_FIELDS : {}),
    response_types: responseTypes,
    scope: client.scope ?? (isMachine(client) ? undefined : APP_SCOPE),
  }
})

/** A relying party that passed. */
export type ClientMetadata = z.infer<typeof clientMetadataSchema>

import { errors } from 'oidc-provider'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { IMPLICIT_RESPONSE_TYPES } from '#src/clients/client-shape.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { StoredClient } from '#src/store/ports/clients.ts'

/** What clients of one kind of initial access token may become (config/registration-schema.ts). */
export type RegistrationPolicy = {
  readonly scope: string
  readonly grantTypes: readonly string[]
  readonly authMethods: readonly string[]
  readonly responseModes: readonly string[]
  readonly implicit: boolean
  readonly pkceRequired: boolean
  readonly redirectHosts?: readonly string[] | undefined
}

type Request = Readonly<Record<string, unknown>>

/** OpenID Connect Dynamic Client Registration 1.0 (2) has defaults of its own, which are not those of client files. */
const DEFAULTS = {
  token_endpoint_auth_method: 'client_secret_basic',
  id_token_signed_response_alg: 'RS256',
  grant_types: ['authorization_code'],
  backchannel_logout_session_required: false,
} as const

/** Not the client's to say. */
const isOurs = (field: string): boolean => field.startsWith('pias_')

/** The policy's to say, anew with each request; of what admins took away it gives nothing back. */
const OF_POLICY = new Set(['pias_first_party', 'pias_implicit', 'pias_pkce_required'])

type Before = StoredClient['metadata'] | undefined

/** What admins made of the client since it registered, which it neither sets nor takes away. */
const ofAdmins = (before: Before): Record<string, unknown> =>
  Object.fromEntries(Object.entries(before ?? {}).filter(([field]) => isOurs(field) && !OF_POLICY.has(field)))

/** PKCE that was once asked of the client stays asked of it; metadata that say nothing ask for it. */
const wasPkceRequired = (before: Before): boolean =>
  before !== undefined && (before as { pias_pkce_required?: unknown } | null)?.pias_pkce_required !== false

const refuse = (field: string, problem: string): never => {
  throw new errors.InvalidClientMetadata(`${field} ${problem}`)
}

/** RFC 7591, 2: what a server does not know it ignores, and what is null is as if it were not there. */
const known = (request: Request): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(request).filter(
      ([field, value]) => field in clientMetadataSchema.in.shape && !isOurs(field) && value !== null,
    ),
  )

const checkList = (field: string, value: unknown, allowed: readonly string[]): void => {
  if (!Array.isArray(value)) return
  const other = value.find(one => !allowed.includes(one))
  if (other !== undefined) refuse(field, 'has a value that is not allowed here')
}

/** The policy for this very client: of one that is there already it lets no more than admins left it. */
const narrowTo = (policy: RegistrationPolicy, before: Before): RegistrationPolicy => {
  const wasImplicit = before === undefined || (before as { pias_implicit?: unknown } | null)?.pias_implicit === true
  return { ...policy, implicit: policy.implicit && wasImplicit }
}

const checkAgainst = (policy: RegistrationPolicy, metadata: Record<string, unknown>): void => {
  const [implicit, types] = policy.implicit ? [['implicit'], IMPLICIT_RESPONSE_TYPES] : [[], []]
  checkList('grant_types', metadata.grant_types, [...policy.grantTypes, ...implicit])
  checkList('response_types', metadata.response_types, ['code', ...types])
  checkList('response_modes', metadata.response_modes, policy.responseModes)
  checkList('token_endpoint_auth_method', [metadata.token_endpoint_auth_method], policy.authMethods)
  if (typeof metadata.scope === 'string') checkList('scope', metadata.scope.split(' '), policy.scope.split(' '))
  const { redirectHosts } = policy
  if (redirectHosts === undefined || !Array.isArray(metadata.redirect_uris)) return
  const hosts = metadata.redirect_uris.map(uri => URL.parse(`${uri}`)?.hostname ?? '')
  if (hosts.some(host => !redirectHosts.includes(host))) refuse('redirect_uris', 'has a host that is not allowed here')
}

/**
 * What a registration request (RFC 7591, RFC 7592) makes of a client: its own fields as far as the policy lets it, the
 * policy's for the rest, held to the schema that client files are held to. A client that registers by itself is nobody's
 * own app: people are asked for consent. What admins set or took away under `pias_*` stays so, unless the policy is stricter.
 * @param before the metadata of the client that changes itself, as stored; undefined for a new one
 * @throws InvalidClientMetadata naming the field; `invalid_redirect_uri` for redirect URIs
 */
export const registerClient = (request: Request, given: RegistrationPolicy, before?: Before): ClientMetadata => {
  const policy = narrowTo(given, before)
  const metadata: Record<string, unknown> = { ...DEFAULTS, ...known(request) }
  checkAgainst(policy, metadata)
  const kept = ofAdmins(before)
  const made = {
    client_name: metadata.client_id,
    scope: policy.scope,
    response_modes: policy.responseModes,
    // A sector counts for pairwise clients alone.
    ...(kept.pias_sector !== undefined && { subject_type: 'pairwise' }),
    ...metadata,
    ...kept,
    pias_first_party: false,
    ...(policy.implicit && { pias_implicit: true }),
    pias_pkce_required:
      policy.pkceRequired || metadata.token_endpoint_auth_method === 'none' || wasPkceRequired(before),
  }
  const parsed = clientMetadataSchema.safeParse(made, { error: inputWords })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return refuse(String(issue?.path[0] ?? 'the request'), issue?.message ?? 'is wrong')
  }
  return parsed.data
}

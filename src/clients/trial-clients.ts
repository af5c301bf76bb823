import type { ClientMetadata } from './client-metadata.ts'
import type { ClientRegistry } from './client-registry.ts'

const PREFIX = 'pias-trial.'

/** The client that an app is for the length of one trial. @param run its random name, without a dot */
export const trialClientId = (run: string, clientId: string): string => `${PREFIX}${run}.${clientId}`

/** Which trial of which app a client is; undefined for any other client. */
export const trialOf = (clientId: string): { readonly run: string; readonly clientId: string } | undefined => {
  const [, run, tried] = /^pias-trial\.([\w-]+)\.(.+)$/.exec(clientId) ?? []
  return run === undefined || tried === undefined ? undefined : { run, clientId: tried }
}

/** The app that a client is: of a trial the one that is tried. */
export const appOf = (clientId: string): string => trialOf(clientId)?.clientId ?? clientId

/** What says which calls, keys and addresses are an app's own; none of them is in a trial. */
const OWN_FIELDS = [
  'jwks_uri',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'pias_webhook_uri',
  'sector_identifier_uri',
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'request_object_signing_alg',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'require_signed_request_object',
  'dpop_bound_access_tokens',
  'pias_profile',
  'pias_dpop_nonce_required',
  'pias_implicit',
  'pias_origins',
] as const satisfies readonly (keyof ClientMetadata)[]

type Own = Pick<ClientMetadata, (typeof OWN_FIELDS)[number]>

/** Where a trial ends, and the public keys of the only one who can begin one. */
export type TrialSurroundings = {
  readonly redirectUri: string
  readonly jwks: NonNullable<ClientMetadata['jwks']>
}

/**
 * The twin of an app (ADR 0074): what people and tokens see of it is the app's, what proves who asks and where people
 * return to is PIAS's own. Its requests must be pushed, which takes PIAS's key, so that nobody else begins one.
 */
const trialClient = (app: ClientMetadata, run: string, { redirectUri, jwks }: TrialSurroundings): ClientMetadata => {
  const shared = Object.fromEntries(
    Object.entries(app).filter(([name]) => !OWN_FIELDS.some(own => own === name)),
  ) as Omit<ClientMetadata, keyof Own>
  return {
    ...shared,
    client_id: trialClientId(run, app.client_id),
    client_name: `${app.client_name} (trial)`,
    application_type: 'web',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    response_modes: ['query'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks,
    require_pushed_authorization_requests: true,
    pias_pkce_required: true,
  }
}

/** Whether an app lets people log in by a browser, which is what a trial tries. */
export const canBeTried = ({ grant_types: grants }: Pick<ClientMetadata, 'grant_types'>): boolean =>
  grants.includes('authorization_code')

/** A registry that finds the twins of its apps, too. They are nowhere stored, listed or changed. */
export const withTrialClients = (registry: ClientRegistry, surroundings: TrialSurroundings): ClientRegistry => ({
  ...registry,
  find: id => {
    const trial = trialOf(id)
    if (trial === undefined) return registry.find(id)
    const app = registry.find(trial.clientId)
    return app !== undefined && canBeTried(app) ? trialClient(app, trial.run, surroundings) : undefined
  },
})

import { approvalProblem } from '../approval.ts'
import type { RequestedClaims } from '../claims.ts'
import { KNOWN_SCOPES } from '../claims.ts'
import { ACR_ADVANCED, ACR_BASIC } from '../metadata.ts'
import { type Client, DEFAULT_SCOPES, type ServiceCode, type Switches } from '../options.ts'

/** An authorization request that passed every check. */
export type AuthorizationRequest = {
  readonly client: Client
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly claims: RequestedClaims
  readonly acr: string
  readonly state?: string
  readonly nonce?: string
  readonly challenge?: string
}

/** Told to the person on a page, since there is no address one could trust. */
export type OnPage = { readonly kind: 'page'; readonly reason: string }
/** Told to the partner by redirect, with itsme's error codes. */
export type OnRedirect = { readonly kind: 'redirect'; readonly error: string; readonly description: string }

type Parameters = ReadonlyMap<string, string>
type Problem = OnRedirect | undefined

const wrong = (error: string, description: string): OnRedirect => ({ kind: 'redirect', error, description })

/** Each check looks at one thing and says what is wrong with it. */
type Check = (parameters: Parameters, client: Client, switches: Switches) => Problem

const userScopes = (parameters: Parameters): string[] =>
  (parameters.get('scope') ?? '')
    .split(' ')
    .filter(scope => scope !== '' && scope !== 'openid' && !scope.startsWith('service:'))

const serviceCodesIn = (parameters: Parameters): string[] =>
  (parameters.get('scope') ?? '')
    .split(' ')
    .filter(scope => scope.startsWith('service:'))
    .map(scope => scope.slice(8))

/** The one service code of the request, if it is the client's. */
export const serviceOf = (parameters: Parameters, client: Client): ServiceCode | undefined => {
  const [code, ...more] = serviceCodesIn(parameters)
  if (code === undefined || more.length > 0 || !Object.hasOwn(client.serviceCodes, code)) return undefined
  return client.serviceCodes[code]
}

const parseClaims = (text: string | undefined): RequestedClaims | undefined => {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const members = Object.values(value)
    return members.every(member => typeof member === 'object' && member !== null) ? value : undefined
  } catch {
    return undefined
  }
}

const checkResponseType: Check = parameters => {
  if (parameters.get('response_type') !== 'code')
    return wrong('unsupported_response_type', 'response_type must be code')
  if ((parameters.get('response_mode') ?? 'query') !== 'query')
    return wrong('invalid_request', 'response_mode must be query')
  return undefined
}

const checkScope: Check = (parameters, client) => {
  if (!(parameters.get('scope') ?? '').split(' ').includes('openid'))
    return wrong('invalid_scope', 'scope needs openid')
  if (serviceOf(parameters, client) === undefined) {
    return wrong('invalid_scope', 'scope needs exactly one service:CODE of this client')
  }
  const granted = client.scopes ?? DEFAULT_SCOPES
  const bad = userScopes(parameters).find(scope => !KNOWN_SCOPES.includes(scope) || !granted.includes(scope))
  return bad === undefined ? undefined : wrong('invalid_scope', 'scope has a part this client was not granted')
}

const checkClaims: Check = parameters =>
  parseClaims(parameters.get('claims')) === undefined
    ? wrong('invalid_request', 'claims must be an object of objects')
    : undefined

const checkDisplay: Check = parameters =>
  (parameters.get('display') ?? 'page') === 'page' ? undefined : wrong('unsupported_display', 'display must be page')

const checkAcr: Check = parameters => {
  const values = (parameters.get('acr_values') ?? '').split(' ').filter(value => value !== '')
  return values.every(value => value === ACR_BASIC || value === ACR_ADVANCED)
    ? undefined
    : wrong('invalid_request', `acr_values must be ${ACR_BASIC} or ${ACR_ADVANCED}`)
}

const checkPkce: Check = (parameters, _client, switches) => {
  const challenge = parameters.get('code_challenge')
  if (challenge === undefined) {
    return switches.pkce === 'enforced' ? wrong('invalid_request', 'code_challenge is required') : undefined
  }
  if (parameters.get('code_challenge_method') !== 'S256')
    return wrong('invalid_request', 'code_challenge_method must be S256')
  return /^[\w-]{43}$/.test(challenge)
    ? undefined
    : wrong('invalid_request', 'code_challenge is no SHA-256 in base64url')
}

const checkService: Check = (parameters, client) => {
  const service = serviceOf(parameters, client)?.service
  const claims = parseClaims(parameters.get('claims')) ?? {}
  const asked = Object.keys({ ...claims.id_token, ...claims.userinfo })
  if (service === 'identification' && asked.length === 0 && userScopes(parameters).length === 0) {
    return wrong('invalid_request', 'identification needs at least one claim of the user')
  }
  if (service !== 'confirmation') return undefined
  if (!parameters.has('request') && !parameters.has('request_uri')) {
    return wrong('invalid_request', 'confirmation needs a request object')
  }
  const problem = approvalProblem(claims)
  return problem === undefined ? undefined : wrong('invalid_request', problem)
}

const CHECKS: readonly Check[] = [
  checkResponseType,
  checkScope,
  checkClaims,
  checkDisplay,
  checkAcr,
  checkPkce,
  checkService,
]

/** The redirect URI if it is on the client's list, letter by letter, and on the service code's where that has one. */
export const checkRedirectUri = (parameters: Parameters, client: Client): string | OnPage => {
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined) return { kind: 'page', reason: 'redirect_uri is missing' }
  const allowed = serviceOf(parameters, client)?.redirectUris ?? client.redirectUris
  return allowed.includes(redirectUri) ? redirectUri : { kind: 'page', reason: 'redirect_uri is not registered' }
}

/**
 * Checks a request whose client and redirect URI are known (the checks of OIDC Core 3.1.2.2, with itsme's own rules).
 * The first problem is told.
 */
export const checkRequest = (
  parameters: Parameters,
  client: Client,
  redirectUri: string,
  switches: Switches,
): AuthorizationRequest | OnRedirect => {
  for (const check of CHECKS) {
    const problem = check(parameters, client, switches)
    if (problem !== undefined) return problem
  }
  const optional = { state: 'state', nonce: 'nonce', challenge: 'code_challenge' } as const
  const given = Object.entries(optional).flatMap(([field, name]) => {
    const value = parameters.get(name)
    return value === undefined ? [] : [[field, value] as const]
  })
  return {
    client,
    redirectUri,
    scopes: userScopes(parameters),
    claims: parseClaims(parameters.get('claims')) ?? {},
    acr: parameters.get('acr_values')?.includes(ACR_ADVANCED) ? ACR_ADVANCED : ACR_BASIC,
    ...Object.fromEntries(given),
  }
}

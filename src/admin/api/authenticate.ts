import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { ADMIN_CLIENT, ADMIN_SCOPE, FEED_SCOPE } from '#src/admin/admin-client.ts'
import type { Role } from '#src/admin/roles.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { Problem } from './problem.ts'
import { type Caller, type FeedCaller, isFeed } from './route.ts'

/** The level that an admin's login must have. */
const LEVEL = 'urn:pias:acr:advanced'

/** A login that is older than this does nothing dangerous, in seconds. */
export const FRESH_SECONDS = 300

const refuse = (title: string, parameters = 'error="invalid_token"'): Problem => ({
  status: 401,
  code: 'unauthorized',
  title,
  headers: { 'WWW-Authenticate': `Bearer ${parameters}` },
})

/** RFC 9470: the same token from a fresh login would do. */
export const notFresh = (): Problem => ({
  ...refuse(
    'this wants a login of the last five minutes',
    `error="insufficient_user_authentication", max_age="${FRESH_SECONDS}"`,
  ),
  code: 'login-too-old',
})

/**
 * Says who calls, by the account and the time of the login (epoch seconds): whoever was blocked, merged or logged out from
 * outside since then is out with the next request.
 */
export const createCallerOf =
  (deps: { accounts: Pick<AccountsPort, 'find'>; rolesOf: (accountId: string) => Promise<readonly Role[]> }) =>
  async (accountId: string, authTime: number): Promise<Caller | Problem> => {
    const account = await deps.accounts.find(accountId as AccountId)
    const isOut = account === undefined || account.blocked === true || account.mergedInto !== undefined
    // The token knows only the second of its login.
    if (isOut || (account.loginsNotBefore ?? 0) >= (authTime + 1) * 1000) {
      return refuse('the account is not good any more')
    }
    return { accountId, authTime, roles: await deps.rolesOf(accountId) }
  }

/** Says who calls. */
export type CallerOf = ReturnType<typeof createCallerOf>

type Token =
  | { readonly kind: 'admin'; readonly accountId: string; readonly authTime: number }
  | { readonly kind: 'feed'; readonly clientId: string }

const FOR_ANOTHER = 'the access token is for another'

/** Whose token it is, by what PIAS signed; a problem where it is neither an admin's nor a machine's. */
const toToken = (payload: JWTPayload): Token | Problem => {
  const { sub, client_id: client, scope, acr, auth_time: authTime } = payload
  const scopes = `${scope}`.split(' ')
  // Whoever stole it would need no proof of the key here.
  if (payload.cnf !== undefined) return refuse('the access token is bound to a key: ask for one that is not')
  // A person's never has the client as its subject, and always a grant (RFC 9068, 2.2; ADR 0029).
  const isMachine = sub !== undefined && sub === client && payload.gid === undefined && authTime === undefined
  if (isMachine && scopes.includes(FEED_SCOPE)) return { kind: 'feed', clientId: sub }
  const isAdmins = client === ADMIN_CLIENT && scopes.includes(ADMIN_SCOPE)
  if (!isAdmins || sub === undefined || typeof authTime !== 'number') return refuse(FOR_ANOTHER)
  if (acr === LEVEL) return { kind: 'admin', accountId: sub, authTime }
  return refuse('the login was too weak', `error="insufficient_user_authentication", acr_values="${LEVEL}"`)
}

/**
 * Reads the token of a request (RFC 9068): one that PIAS issued to its own client for this API, from a login of the highest
 * level, of an account that is still good; or to the client of a feed, for itself.
 * @param deps.jwks PIAS's own keys of this moment
 * @param deps.origin of the admin plane, which is the audience
 * @param deps.findFeed the feed that a client is
 */
export const createAuthenticate = (deps: {
  issuer: string
  origin: string
  jwks: () => JSONWebKeySet
  callerOf: CallerOf
  findFeed: (clientId: string) => FeedCaller | undefined
}) => {
  const { issuer, origin, callerOf, findFeed } = deps

  const readToken = async (token: string): Promise<Token | Problem> => {
    const keys = createLocalJWKSet(deps.jwks())
    const options = { issuer, audience: origin, typ: 'at+jwt', algorithms: ['ES256'] }
    const verified = await jwtVerify(token, keys, options).catch(() => undefined)
    return verified === undefined ? refuse('the access token is not good') : toToken(verified.payload)
  }

  return async (authorization: string | undefined): Promise<Caller | FeedCaller | Problem> => {
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) return refuse('no access token', `scope="${ADMIN_SCOPE}"`)
    const read = await readToken(token)
    if ('code' in read) return read
    if (read.kind === 'feed') return findFeed(read.clientId) ?? refuse(FOR_ANOTHER)
    return callerOf(read.accountId, read.authTime)
  }
}

/** Reads the token of a request. */
export type Authenticate = ReturnType<typeof createAuthenticate>

/** The same for who must be an admin: a system is nobody here. */
export const createAuthenticateAdmin =
  (authenticate: Authenticate) =>
  async (authorization: string): Promise<Caller | Problem> => {
    const caller = await authenticate(authorization)
    return 'code' in caller || !isFeed(caller) ? caller : refuse(FOR_ANOTHER)
  }

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import type { Role } from '#src/admin/roles.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { Problem } from './problem.ts'
import type { Caller } from './route.ts'

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

/**
 * Reads the token of a request: one that PIAS issued to its own client for this API (RFC 9068), from a login of the highest
 * level, of an account that is still good.
 * @param deps.jwks PIAS's own keys of this moment
 * @param deps.origin of the admin plane, which is the audience
 */
export const createAuthenticate = (deps: {
  issuer: string
  origin: string
  jwks: () => JSONWebKeySet
  callerOf: CallerOf
}) => {
  const { issuer, origin, callerOf } = deps

  /** Whose token it is, and from when; a problem where it is no token of an admin. */
  const readToken = async (token: string): Promise<{ accountId: string; authTime: number } | Problem> => {
    const keys = createLocalJWKSet(deps.jwks())
    const options = { issuer, audience: origin, typ: 'at+jwt', algorithms: ['ES256'] }
    const verified = await jwtVerify(token, keys, options).catch(() => undefined)
    if (verified === undefined) return refuse('the access token is not good')
    const { sub, client_id: client, scope, acr, auth_time: authTime } = verified.payload
    const isAdmins = client === ADMIN_CLIENT && `${scope}`.split(' ').includes(ADMIN_SCOPE)
    if (!isAdmins || sub === undefined || typeof authTime !== 'number') return refuse('the access token is for another')
    if (acr === LEVEL) return { accountId: sub, authTime }
    return refuse('the login was too weak', `error="insufficient_user_authentication", acr_values="${LEVEL}"`)
  }

  return async (authorization: string | undefined): Promise<Caller | Problem> => {
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) return refuse('no access token', `scope="${ADMIN_SCOPE}"`)
    const read = await readToken(token)
    return 'code' in read ? read : callerOf(read.accountId, read.authTime)
  }
}

/** Reads the token of a request. */
export type Authenticate = ReturnType<typeof createAuthenticate>

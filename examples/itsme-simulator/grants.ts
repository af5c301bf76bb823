import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import type { AuthorizationRequest } from './endpoints/authorization-request.ts'
import { createExpiringMap } from './expiring-map.ts'
import type { Persona } from './options.ts'

/** A code lives three minutes, as the person's action on the phone does. */
const CODE_MS = 180_000
export const ACCESS_TOKEN_SECONDS = 3600

/** What a person approved, for whom. */
export type Grant = { readonly request: AuthorizationRequest; readonly persona: Persona; readonly subject: string }

/** What an access token opens: one person's UserInfo, encrypted to one key. */
export type Access = Grant & { readonly recipient: JWK }

/** 36 characters, as itsme's codes have. */
const randomCode = (): string => randomBytes(27).toString('base64url')

/**
 * Codes and access tokens. A code is spent by the first who brings it, whatever becomes of that; who brings it again
 * ends the access token that came of it (RFC 6749, 4.1.2).
 */
export const createGrants = (clock: () => number) => {
  const codes = createExpiringMap<Grant>(clock, CODE_MS)
  const spent = createExpiringMap<{ accessToken?: string }>(clock, CODE_MS)
  const access = createExpiringMap<Access>(clock, ACCESS_TOKEN_SECONDS * 1000)

  return {
    issueCode: (grant: Grant): string => {
      const code = randomCode()
      codes.put(code, grant)
      return code
    },
    redeemCode: (code: string): Grant | undefined => {
      const grant = codes.take(code)
      if (grant !== undefined) {
        spent.put(code, {})
        return grant
      }
      const accessToken = spent.find(code)?.accessToken
      if (accessToken !== undefined) access.take(accessToken)
      return undefined
    },
    issueAccess: (code: string, granted: Access): string => {
      const accessToken = randomBytes(24).toString('base64url')
      access.put(accessToken, granted)
      spent.put(code, { accessToken })
      return accessToken
    },
    findAccess: (accessToken: string): Access | undefined => access.find(accessToken),
  }
}

export type Grants = ReturnType<typeof createGrants>

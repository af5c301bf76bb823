import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { keepOfflineAccess } from './offline-access.ts'

/**
 * Looks at the parameters of a request after the library has, wherever one comes in: at the authorization endpoint, pushed
 * (RFC 9126) or for a device. Answers go back in the query only, and `offline_access` stays.
 * @throws InvalidRequest
 */
export const checkAuthorizationParameters = (ctx: KoaContextWithOIDC): void => {
  const { response_mode: mode } = ctx.oidc.params as { response_mode?: string }
  if (mode !== undefined && mode !== 'query') throw new errors.InvalidRequest('unsupported response_mode requested')
  keepOfflineAccess(ctx)
}

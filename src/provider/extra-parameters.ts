import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { keepOfflineAccess } from './offline-access.ts'

/**
 * Looks at the parameters of a request after the library has, wherever one comes in: at the authorization endpoint, pushed
 * (RFC 9126), in a request object (RFC 9101) or for a device. Answers go back as the client's file lets them, and
 * `offline_access` stays.
 * @throws UnsupportedResponseMode which itself goes back in the query
 */
export const checkAuthorizationParameters = (ctx: KoaContextWithOIDC): void => {
  const { client } = ctx.oidc
  const params = ctx.oidc.params as { response_mode?: string | undefined }
  const allowed = (client?.pias_response_modes ?? []) as readonly string[]
  if (params.response_mode !== undefined && !allowed.includes(params.response_mode)) {
    params.response_mode = undefined
    throw new errors.UnsupportedResponseMode()
  }
  keepOfflineAccess(ctx)
}

import { decodeJwt } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * The scope as it was asked for: in a request object, which a push was kept as or which was sent and verified by now, in
 * a pushed body, or in the query.
 */
const askedScope = (ctx: KoaContextWithOIDC): unknown => {
  const { entities, body } = ctx.oidc
  const object = entities.PushedAuthorizationRequest?.request ?? body?.request ?? ctx.query.request
  if (typeof object === 'string' && object !== '') return decodeJwt(object).scope
  return body?.scope ?? ctx.query.scope
}

/**
 * Puts `offline_access` back into the requested scopes. oidc-provider drops it unless the app asks for a consent page;
 * PIAS asks for consent where consent is due, whatever the prompt (one of the "other conditions" of OIDC Core 11), so it
 * stays for every client that may have refresh tokens. Idempotent.
 */
export const keepOfflineAccess = (ctx: KoaContextWithOIDC): void => {
  const { params, client } = ctx.oidc
  const scope = askedScope(ctx)
  if ((params as { response_type?: string } | undefined)?.response_type?.includes('code') === false) return
  const asked = typeof scope === 'string' && scope.split(' ').includes('offline_access')
  if (!asked || params === undefined || client?.grantTypeAllowed('refresh_token') !== true) return
  const scopes = new Set(String(params.scope ?? '').split(' '))
  params.scope = [...scopes.add('offline_access')].join(' ')
}

import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * Puts `offline_access` back into the requested scopes. oidc-provider drops it unless the app asks for a consent page;
 * PIAS's own apps have their consent by contract, one of the "other conditions" of OIDC Core 11, so it stays for every
 * client that may have refresh tokens. Idempotent.
 */
export const keepOfflineAccess = (ctx: KoaContextWithOIDC): void => {
  const { params, client } = ctx.oidc
  const asked = typeof ctx.query.scope === 'string' && ctx.query.scope.split(' ').includes('offline_access')
  if (!asked || params === undefined || client?.grantTypeAllowed('refresh_token') !== true) return
  const scopes = new Set(String(params.scope ?? '').split(' '))
  params.scope = [...scopes.add('offline_access')].join(' ')
}

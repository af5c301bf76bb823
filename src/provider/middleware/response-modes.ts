import type { Middleware } from 'koa'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

/** Under a name that it does not know, oidc-provider refuses the mode and says so in the query. */
const UNKNOWN_MODE = 'unsupported'

/**
 * Answers go back in the query, or by `form_post` where the client's file says so. oidc-provider refuses any other mode
 * too, but would tell the app in that very mode.
 */
export const createResponseModes =
  (findClient: (clientId: string) => ClientMetadata | undefined): Middleware =>
  async (ctx, next) => {
    const { response_mode: mode, client_id: clientId } = ctx.query
    if (typeof mode === 'string' && mode !== '') {
      const allowed = (typeof clientId === 'string' && findClient(clientId)?.response_modes) || ['query']
      if (!allowed.some(one => one === mode)) ctx.query = { ...ctx.query, response_mode: UNKNOWN_MODE }
    }
    await next()
  }

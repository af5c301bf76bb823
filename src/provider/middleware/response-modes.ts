import type { Middleware } from 'koa'
import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'

/** Under a name that it does not know, oidc-provider refuses the mode and says so in the query. */
const UNKNOWN_MODE = 'unsupported'

/** A client that cannot be used is told so by the library. */
const modesOf = async (provider: Provider, clientId: unknown): Promise<readonly string[]> => {
  try {
    const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined
    return (client?.pias_response_modes ?? ['query']) as readonly string[]
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return ['query']
    throw error
  }
}

/**
 * Answers go back in the query, or by `form_post` where the client's metadata say so. oidc-provider refuses any other
 * mode too, but would tell the app in that very mode.
 */
export const createResponseModes =
  (provider: Provider): Middleware =>
  async (ctx, next) => {
    const { response_mode: mode, client_id: clientId } = ctx.query
    if (typeof mode === 'string' && mode !== '' && mode !== 'query') {
      const allowed = await modesOf(provider, clientId)
      if (!allowed.includes(mode)) ctx.query = { ...ctx.query, response_mode: UNKNOWN_MODE }
    }
    await next()
  }

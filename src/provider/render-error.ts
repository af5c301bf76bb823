import type { Context } from 'koa'
import type { Configuration } from 'oidc-provider'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Shows an OAuth error that cannot go back to the app. `sessionLost`: the interaction `uid` is gone at the provider, or
 * belongs to another browser.
 */
export type RenderOAuthError = (
  ctx: Context,
  error: { error: string; description?: string; clientId?: string; sessionLost?: { uid?: string } },
) => Promise<void>

/** What failed on our side is no error of the app's request: the error boundary has a page and a status for it. */
const throwOwnFailure = (error: Error, oauthCode: string): void => {
  const own = [error, error.cause].find(one => one instanceof PiasError)
  if (own !== undefined) throw own
  if (oauthCode === 'server_error') throw new PiasError('server.failed', undefined, { cause: error })
}

/** The library's errors as pages of ours. @throws PiasError what failed on our side */
export const createRenderError =
  (render: RenderOAuthError): NonNullable<Configuration['renderError']> =>
  async (ctx, { error: code, error_description: description }, error) => {
    throwOwnFailure(error, code)
    const clientId = ctx.oidc?.client?.clientId
    const uid = ctx.params?.uid
    await render(ctx, {
      error: code,
      ...(description !== undefined && { description }),
      ...(clientId !== undefined && { clientId }),
      ...(error.name === 'SessionNotFound' && { sessionLost: typeof uid === 'string' ? { uid } : {} }),
    })
  }

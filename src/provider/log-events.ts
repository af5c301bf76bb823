import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Logger } from '#src/kernel/runtime.ts'

/** Logs what oidc-provider refuses, for the developers of apps, and what it cannot do, for ours. */
export const logEvents = (provider: Provider, logger: Logger): void => {
  type Failure = Error & { error_detail?: string | undefined }
  const refused = (ctx: KoaContextWithOIDC, error: Failure) =>
    logger.info(
      {
        reference: ctx.state.reference,
        route: ctx.oidc?.route,
        error: error.message,
        detail: error.error_detail,
        client: ctx.oidc?.client?.clientId,
      },
      'OAuth request refused',
    )
  provider.on('authorization.error', refused)
  provider.on('grant.error', refused)
  provider.on('userinfo.error', refused)
  provider.on('revocation.error', refused)
  provider.on('device_authorization.error', refused)
  provider.on('code_verification.error', refused)
  provider.on('device_resume.error', refused)
  provider.on('pushed_authorization_request.error', refused)
  provider.on('registration_create.error', refused)
  provider.on('registration_update.error', refused)
  provider.on('server_error', (ctx, error) =>
    logger.error(
      { event: 'server_error', reference: ctx.state?.reference, causes: [error.stack, String(error.cause ?? '')] },
      error.message,
    ),
  )
}

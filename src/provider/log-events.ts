import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import { reasonOf } from '#src/kernel/reason-of.ts'
import type { Logger } from '#src/kernel/runtime.ts'

/** What an honest app meets: no one is refused (ADR 0049). */
const ORDINARY = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'access_denied',
  'unmet_authentication_requirements',
  'authorization_pending',
  'slow_down',
  'expired_token',
  'use_dpop_nonce',
  'temporarily_unavailable',
])

/** Why a library or a call failed under an error of OAuth: its code, not its words. */
const causeOf = (error: Error): { cause?: string } => {
  let root: unknown = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root === error ? {} : { cause: reasonOf(root) }
}

/**
 * Logs what oidc-provider refuses, for the developers of apps, and what it cannot do, for ours; what is refused to somebody
 * who should not have asked is noted.
 */
export const logEvents = (
  provider: Provider,
  { logger, noteRefusal }: { logger: Logger; noteRefusal: NoteRefusal },
): void => {
  type Failure = Error & { error_detail?: string | undefined }
  const refused = (ctx: KoaContextWithOIDC, error: Failure) => {
    const { message } = error
    if (!ORDINARY.has(message)) noteRefusal(ctx, message, ctx.oidc?.client?.clientId)
    logger.info(
      {
        reference: ctx.state.reference,
        route: ctx.oidc?.route,
        error: message,
        detail: error.error_detail,
        ...causeOf(error),
        client: ctx.oidc?.client?.clientId,
      },
      'OAuth request refused',
    )
  }
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
  provider.on('registration_read.error', refused)
  provider.on('registration_delete.error', refused)
  provider.on('introspection.error', refused)
  provider.on('end_session.error', refused)
  provider.on('end_session_confirm.error', refused)
  provider.on('server_error', (ctx, error) =>
    logger.error(
      { event: 'server_error', reference: ctx.state?.reference, causes: [error.stack, String(error.cause ?? '')] },
      error.message,
    ),
  )
}

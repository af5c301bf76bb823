import { errors } from 'oidc-provider'
import { PiasError } from '#src/kernel/errors.ts'

/**
 * Passes a failure of the store on as oidc-provider tells it: 503 at the endpoints and an OAuth error at the app, where
 * a plain error would be a 500. To be used as a promise's `catch`.
 */
export const asUnavailable = (error: unknown): never => {
  if (!(error instanceof PiasError) || error.code !== 'store.unavailable') throw error
  const unavailable = new errors.CustomOIDCProviderError('temporarily_unavailable', 'try again in a moment')
  throw Object.assign(unavailable, { status: 503, statusCode: 503, cause: error })
}

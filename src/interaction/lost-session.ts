import type { ErrorCode } from '#src/kernel/errors.ts'
import type { Attempts } from './attempts.ts'

/**
 * Says why the provider has no interaction any more: the login was finished before (back button, second tab), or its
 * time is over. Tells nothing but the app's id, which stands in the browser's history anyway.
 */
export const createExplainLostSession =
  (attempts: Pick<Attempts, 'find'>) =>
  async (uid: string | undefined): Promise<{ code: ErrorCode; clientId?: string }> => {
    const found = uid === undefined ? undefined : await attempts.find(uid)
    if (found === undefined) return { code: 'oidc.session' }
    const { clientId, end } = found.attempt
    return { code: end?.kind === 'logged-in' ? 'interaction.finished' : 'oidc.session', clientId }
  }

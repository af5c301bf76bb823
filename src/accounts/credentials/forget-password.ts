import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { CredentialsPort } from '#src/store/ports/credentials.ts'
import { decodeLogin, encodeLogin } from './login-document.ts'

/**
 * Destroys the hash of an old login that has ended; its name stays, so that no other account gets it. Does nothing while the
 * login counts, and is safe to run again.
 */
export const createForgetPassword =
  (deps: { credentials: Pick<CredentialsPort, 'find' | 'replace'>; clock: Clock }) =>
  async (accountId: AccountId): Promise<void> => {
    const credential = await deps.credentials.find(accountId)
    if (credential?.retiresAt === undefined || credential.retiresAt > deps.clock()) return
    if (decodeLogin(credential.document).passwordHash === undefined) return
    const event = { at: deps.clock(), type: 'credential.forgotten', accountId, data: {} }
    await deps.credentials.replace({ ...credential, document: encodeLogin({}) }, [event])
  }

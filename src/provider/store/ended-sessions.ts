import Provider, { type Session } from 'oidc-provider'
import { type Clock, epochSeconds } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { ReadAhead } from './read-ahead.ts'
import { asUnavailable } from './unavailable.ts'

const MODEL = 'EndedSession'

type FindSession = (value: string) => Promise<Session | undefined>

/**
 * Remembers that a session was ended where nothing is lost, for as long as it would have lived, and takes it for gone
 * from then on. Sessions are kept where they expire: a server of that store that was behind, or one filled from an old
 * copy, would log people in again who have logged out.
 * @see docs/decisions/0014-ended-sessions.md
 */
export const rememberEndedSessions = (
  provider: Provider,
  {
    grants,
    expect,
    clock,
  }: {
    grants: Pick<ArtifactsPort, 'upsert' | 'find'>
    expect: ReadAhead['expect']
    clock: Clock
  },
): void => {
  const sessions = provider.Session as unknown as { find: FindSession; findByUid: FindSession; prototype: Session }
  const [find, findByUid] = [sessions.find.bind(sessions), sessions.findByUid.bind(sessions)]
  const { destroy } = sessions.prototype

  /** An authorization goes on to the account and to the grant that the app has in the session: they are read with the mark. */
  const expectUse = ({ accountId, authorizations = {} }: Session): void => {
    const { ctx } = Provider
    if (ctx?.oidc.route !== 'authorization') return
    const { client_id: clientId } = ctx.query
    const app = typeof clientId === 'string' && Object.hasOwn(authorizations, clientId) ? authorizations[clientId] : {}
    expect({ accountId, grantId: app?.grantId })
  }

  /** Nobody is logged in by a session without an account: there is nothing to end. */
  const unlessEnded = async (session: Session | undefined): Promise<Session | undefined> => {
    if (session?.accountId === undefined) return session
    expectUse(session)
    const mark = await grants.find(MODEL, session.uid).catch(asUnavailable)
    return mark === undefined ? session : undefined
  }

  sessions.find = async id => unlessEnded(await find(id))
  sessions.findByUid = async uid => unlessEnded(await findByUid(uid))
  sessions.prototype.destroy = async function (this: Session) {
    const remaining = (this.exp ?? 0) - epochSeconds(clock)
    // First of all: if it cannot be remembered, the person is told that it failed.
    if (this.accountId !== undefined && remaining > 0) {
      await grants.upsert(MODEL, this.uid, {}, remaining, {}).catch(asUnavailable)
    }
    return destroy.call(this)
  }
}

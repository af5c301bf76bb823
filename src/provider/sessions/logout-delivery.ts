import type Provider from 'oidc-provider'
import { reasonOf } from '#src/kernel/reason-of.ts'
import type { Clock, Job, Json, Logger } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { DueLogout, LogoutsPort } from '#src/store/ports/logouts.ts'
import { sendLogout } from './session-ends.ts'

/** How often the outbox is looked at: delivery begins within a second. */
const LOOK_EVERY_MS = 500
/** After which an unfinished delivery counts as lost with its node; far more than one may take. */
const LEASE_MS = 30_000
const MOST_AT_ONCE = 100

const MINUTE_MS = 60_000
/** Waits before the second to the fifth try; all within a day. */
const WAITS_MS = [10_000, 5 * MINUTE_MS, 60 * MINUTE_MS, 20 * 60 * MINUTE_MS]

/** Why a delivery failed, without the address or the body of anybody's answer. */
const failureOf = (error: unknown): string => {
  const { response } = error as { response?: { status: number } }
  return response === undefined ? reasonOf(error) : `HTTP ${response.status}`
}

/** Delivers logouts with every run of the job; `settled` waits for those on their way. */
type LogoutDelivery = { readonly job: Job; settled(): Promise<void> }

/**
 * Delivers what is due in the outbox of back-channel logouts, as every node does: five tries within a day, each in the
 * audit trail (`logout.delivered`, `logout.failed`, `logout.abandoned`). Whose time is over only by the clock is looked
 * at first: a session that was used since goes on.
 * @param deps.current the provider of this moment
 */
export const createLogoutDelivery = (deps: {
  current: () => Provider
  logouts: LogoutsPort
  audit: Pick<AuditPort, 'append'>
  clock: Clock
  logger: Logger
}): LogoutDelivery => {
  const { current, logouts, audit, clock, logger } = deps
  const inFlight = new Set<Promise<void>>()

  const note = (type: string, { accountId, clientId, sid, tries }: DueLogout, more: { [name: string]: Json } = {}) =>
    audit.append([{ at: clock(), type, accountId, clientId, data: { sid, tries, ...more } }])

  /** @returns when the session ends, if it still holds this login of the app; epoch milliseconds */
  const endOfSession = async ({ sessionUid, clientId, accountId, sid }: DueLogout): Promise<number | undefined> => {
    const session = await current().Session.findByUid(sessionUid)
    const isHeld = session?.accountId === accountId && session.sidFor(clientId) === sid
    return isHeld && session.exp !== undefined ? session.exp * 1000 : undefined
  }

  const giveUpOrWait = async (due: DueLogout, error: unknown): Promise<void> => {
    const reason = failureOf(error)
    const wait = WAITS_MS[due.tries - 1]
    logger.warn({ client: due.clientId, tries: due.tries, reason }, 'a back-channel logout was not delivered')
    await note(wait === undefined ? 'logout.abandoned' : 'logout.failed', due, { reason })
    await (wait === undefined ? logouts.settle(due.sid) : logouts.postpone(due.sid, clock() + wait))
  }

  const deliver = async (due: DueLogout): Promise<void> => {
    const endsAt = due.released ? undefined : await endOfSession(due)
    if (endsAt !== undefined) return logouts.watch(due, endsAt)
    const client = await current().Client.find(due.clientId)
    // The app is gone, or no longer wants to know.
    if (client?.backchannelLogoutUri === undefined) return logouts.settle(due.sid)
    try {
      await sendLogout(client, due.subjectOf ?? due.accountId, due.sid)
    } catch (error) {
      return giveUpOrWait(due, error)
    }
    await note('logout.delivered', due)
    await logouts.settle(due.sid)
  }

  /** A failure of ours leaves the notice to its lease. */
  const deliverSafely = (due: DueLogout): Promise<void> =>
    deliver(due).catch(error =>
      logger.error({ client: due.clientId, reason: failureOf(error) }, 'logout delivery failed'),
    )

  const look = async (): Promise<void> => {
    const limit = MOST_AT_ONCE - inFlight.size
    if (limit <= 0) return
    // Not waited for: a slow app holds up nobody else's logout.
    for (const due of await logouts.takeDue({ now: clock(), leaseMs: LEASE_MS, limit })) {
      const delivery = deliverSafely(due).finally(() => inFlight.delete(delivery))
      inFlight.add(delivery)
    }
  }

  return {
    job: { name: 'logout delivery', everyMs: LOOK_EVERY_MS, run: look },
    settled: async () => {
      await Promise.all(inFlight)
    },
  }
}

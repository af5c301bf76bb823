import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'

/** A browser that an admin logged in with. `authTime`: of the login at PIAS, epoch seconds; `since` and `seen`: epoch milliseconds. */
export type Session = {
  readonly accountId: string
  readonly authTime: number
  /** What the forms of this browser carry; the same after a step-up, so that an open form can still be sent. */
  readonly csrf: string
  readonly since: number
  readonly seen: number
}

const MODEL = 'AdminSession'
/** Nobody is left logged in at a machine that was left alone, in seconds. */
const IDLE_SECONDS = 15 * 60
const LONGEST_MS = 8 * 3600 * 1000
/** How exactly it is known when somebody was seen last. */
const GRAIN_MS = 60_000

/** Bound to this very host where there is https (RFC 6265bis, 4.1.3.2). */
const cookieName = (https: boolean): string => (https ? '__Host-pias_console' : 'pias_console')

const idOf = (cookie: string): string => createHash('sha256').update(cookie).digest('base64url')

/** Sessions of the console: an opaque cookie, of which the store knows the digest alone. */
export const createSessions = (deps: {
  artifacts: Pick<ArtifactsPort, 'upsert' | 'find' | 'consume'>
  https: boolean
  clock: Clock
}) => {
  const { artifacts, https, clock } = deps
  const name = cookieName(https)
  const cookieOf = (ctx: Context): string | undefined => ctx.cookies.get(name, { signed: false })
  const keep = (cookie: string, session: Session) =>
    artifacts.upsert(MODEL, idOf(cookie), session as unknown as Json, IDLE_SECONDS, {})

  const end = async (ctx: Context): Promise<void> => {
    const cookie = cookieOf(ctx)
    // Consumed and not destroyed: a request that is on its way cannot bring it back.
    if (cookie !== undefined) await artifacts.consume(MODEL, idOf(cookie))
    ctx.cookies.set(name, null, { secure: https, httpOnly: true, sameSite: 'lax', signed: false })
  }

  const find = async (ctx: Context): Promise<Session | undefined> => {
    const cookie = cookieOf(ctx)
    const stored = cookie === undefined ? undefined : await artifacts.find(MODEL, idOf(cookie))
    if (cookie === undefined || stored === undefined || stored.consumedAt !== undefined) return undefined
    const session = stored.payload as unknown as Session
    const now = clock()
    if (now - session.since > LONGEST_MS) return undefined
    if (now - session.seen > GRAIN_MS) await keep(cookie, { ...session, seen: now })
    return session
  }

  return {
    /** The session of the browser that asks; undefined after a quarter of an hour without a request, or eight hours. */
    find,

    /** Begins one under a new cookie. The one before ends; its forms are good still if it is the same account. */
    begin: async (ctx: Context, login: { accountId: string; authTime: number }): Promise<void> => {
      const before = await find(ctx)
      const now = clock()
      const csrf = before?.accountId === login.accountId ? before.csrf : randomBytes(32).toString('base64url')
      await end(ctx)
      const cookie = randomBytes(32).toString('base64url')
      await keep(cookie, { ...login, csrf, since: now, seen: now })
      ctx.cookies.set(name, cookie, { secure: https, httpOnly: true, sameSite: 'lax', signed: false, overwrite: true })
    },

    end,
  }
}

/** Sessions of the console. */
export type Sessions = ReturnType<typeof createSessions>

/** Whether a form is one of this session. */
export const isOwnForm = ({ csrf }: Session, given: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(csrf)]
  return one.length === other.length && timingSafeEqual(one, other)
}

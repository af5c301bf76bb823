import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { PendingLogin } from './code-flow.ts'
import type { LoggedIn } from './logged-in.ts'

/** What this app knows of one browser. */
export type Session = {
  readonly id: string
  readonly pending: ReadonlyMap<string, PendingLogin>
  readonly login?: LoggedIn
}

const LIFETIME_MS = 8 * 3600 * 1000

/** More tabs than this, and the oldest login must be started again. */
const MAX_PENDING = 8

/** The oldest sessions go first, so that nobody can fill the memory of a sample. */
const MAX_SESSIONS = 10_000

const newId = (): string => randomBytes(32).toString('base64url')

/**
 * Sessions in memory, known to the browser by a random httpOnly cookie only; tokens never leave the server. A login
 * gets a new id (session fixation), and takes the logins of other tabs along.
 */
export const createSessions = (options: { name: string; secure: boolean }) => {
  const sessions = new Map<string, { session: Session; expiresAt: number }>()
  const cookie = options.secure ? `__Host-${options.name}` : options.name
  const attributes = { httpOnly: true, sameSite: 'lax', secure: options.secure, path: '/', overwrite: true } as const

  const find = (ctx: Context): Session | undefined => {
    const entry = sessions.get(ctx.cookies.get(cookie) ?? '')
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.session : undefined
  }

  const save = (ctx: Context, session: Session): void => {
    sessions.delete(session.id)
    sessions.set(session.id, { session, expiresAt: Date.now() + LIFETIME_MS })
    for (const id of sessions.keys()) {
      if (sessions.size <= MAX_SESSIONS) break
      sessions.delete(id)
    }
    ctx.cookies.set(cookie, session.id, attributes)
  }

  /** Remembers a login that begins, in the session there is or a new one. */
  const begin = (ctx: Context, pending: PendingLogin): void => {
    const session = find(ctx) ?? { id: newId(), pending: new Map() }
    const kept = [...session.pending].slice(1 - MAX_PENDING)
    save(ctx, { ...session, pending: new Map([...kept, [pending.state, pending]]) })
  }

  /** Takes the login of a `state` out of the session: a callback works once, and only in its own browser. */
  const take = (ctx: Context, state: string): PendingLogin | undefined => {
    const session = find(ctx)
    const pending = session?.pending.get(state)
    if (session === undefined || pending === undefined) return undefined
    save(ctx, { ...session, pending: new Map([...session.pending].filter(([key]) => key !== state)) })
    return pending
  }

  const logIn = (ctx: Context, login: LoggedIn): void => {
    const before = find(ctx)
    if (before !== undefined) sessions.delete(before.id)
    save(ctx, { id: newId(), pending: before?.pending ?? new Map(), login })
  }

  const end = (ctx: Context): void => {
    const session = find(ctx)
    if (session !== undefined) sessions.delete(session.id)
    ctx.cookies.set(cookie, null, attributes)
  }

  return { find, begin, take, logIn, end }
}

export type Sessions = ReturnType<typeof createSessions>

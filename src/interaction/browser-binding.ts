import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'

/**
 * Binds a login attempt to the browser it began in: one cookie per attempt, so that two tabs do not collide, holding a
 * secret of which the attempt keeps only the hash. Without it an upstream's answer is worth nothing here (login CSRF,
 * RFC 9700 4.7).
 */
export type BrowserBinding = {
  /** Sets the cookie. @returns what the attempt stores */
  bind(ctx: Context, uid: string): string
  holds(ctx: Context, attempt: { uid: string; browser: string }): boolean
  /** A token for the attempt's forms, which only this browser's pages know. */
  formToken(ctx: Context, uid: string): string
  checkFormToken(ctx: Context, uid: string, token: unknown): boolean
}

/** Attempts a browser may have open; beyond it the oldest cookies go, so that headers stay small. */
const MAX_OPEN = 10

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * The value of one cookie. Not read through `ctx.cookies`, which keeps a regular expression for each name it was ever
 * asked for: here each attempt has a name of its own.
 */
const readCookie = (header: string, name: string): string | undefined =>
  header
    .split(';')
    .map(pair => pair.trim())
    .find(pair => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** @param options.https whether the cookie is Secure and carries the `__Host-` prefix */
export const createBrowserBinding = (options: { https: boolean; ttlSeconds: number }): BrowserBinding => {
  const prefix = options.https ? '__Host-pias_login_' : 'pias_login_'
  const nameOf = (uid: string): string => prefix + sha256(uid).toString('base64url').slice(0, 12)
  const secretOf = (ctx: Context, uid: string): string => readCookie(ctx.get('Cookie'), nameOf(uid)) ?? ''
  const put = (ctx: Context, name: string, value: string | null): void => {
    ctx.cookies.set(name, value, {
      httpOnly: true,
      sameSite: 'lax',
      secure: options.https,
      path: '/',
      signed: false,
      overwrite: true,
      ...(value === null ? {} : { maxAge: options.ttlSeconds * 1000 }),
    })
  }
  const dropOldest = (ctx: Context): void => {
    const open = (ctx.get('Cookie').match(/[^;\s=]+(?==)/g) ?? []).filter(name => name.startsWith(prefix))
    for (const name of open.slice(0, Math.max(0, open.length - MAX_OPEN + 1))) put(ctx, name, null)
  }
  const token = (secret: string): string => sha256(`form\n${secret}`).toString('base64url')

  return {
    bind: (ctx, uid) => {
      dropOldest(ctx)
      const secret = randomBytes(32).toString('base64url')
      // Kept after the login, until it expires: a reload or the back button must not look like another browser.
      put(ctx, nameOf(uid), secret)
      return sha256(secret).toString('base64url')
    },
    holds: (ctx, { uid, browser }) => same(sha256(secretOf(ctx, uid)), Buffer.from(browser, 'base64url')),
    formToken: (ctx, uid) => token(secretOf(ctx, uid)),
    checkFormToken: (ctx, uid, given) =>
      typeof given === 'string' && same(Buffer.from(given), Buffer.from(token(secretOf(ctx, uid)))),
  }
}

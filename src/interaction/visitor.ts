import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { Method } from '#src/rollout/allowed-methods.ts'

/** A browser as it is known again: by a random reference, and how somebody last logged in there. */
export type Visitor = { readonly reference: string; readonly lastMethod?: Method }

/**
 * The cookie that keeps a browser in its part of a percentage, and a choice from being asked for anew. It names nobody,
 * and is set only where a policy needs it.
 */
export type Visitors = {
  /** The browser of a request; a new reference where it has none yet. */
  read(ctx: Context): Visitor & { readonly isNew: boolean }
  remember(ctx: Context, visitor: Visitor): void
}

/** Browsers keep no cookie longer than this (RFC 6265bis, 5.5). */
const DAYS = 400
const MARKS: Readonly<Record<Method, string>> = { upstream: 'u', password: 'p', passkey: 'k' }
const VALUE = /^([\w-]{16,32})(?:\.([upk]))?$/

/** @param options.https whether the cookie is Secure and carries the `__Host-` prefix */
export const createVisitors = ({ https }: { https: boolean }): Visitors => {
  const name = https ? '__Host-pias_browser' : 'pias_browser'
  return {
    read: ctx => {
      const [, reference, mark] = VALUE.exec(ctx.cookies.get(name, { signed: false }) ?? '') ?? []
      if (reference === undefined) return { reference: randomBytes(16).toString('base64url'), isNew: true }
      const method = (Object.keys(MARKS) as Method[]).find(each => MARKS[each] === mark)
      return { reference, isNew: false, ...(method === undefined ? {} : { lastMethod: method }) }
    },
    remember: (ctx, { reference, lastMethod }) => {
      ctx.cookies.set(name, lastMethod === undefined ? reference : `${reference}.${MARKS[lastMethod]}`, {
        httpOnly: true,
        sameSite: 'lax',
        secure: https,
        path: '/',
        signed: false,
        overwrite: true,
        maxAge: DAYS * 24 * 3600 * 1000,
      })
    },
  }
}

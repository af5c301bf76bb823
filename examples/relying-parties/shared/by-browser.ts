import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'

/** The oldest go first, so that nobody can fill the memory of a sample. */
const MAX = 500

/**
 * One thing for each browser, which is known by a random httpOnly cookie: a TV, a phone.
 * @param options.end is told of one that had to go
 */
export const createByBrowser = <Thing>(options: {
  cookie: string
  secure: boolean
  create: () => Thing
  end?: (thing: Thing) => void
}): ((ctx: Context) => Thing) => {
  const things = new Map<string, Thing>()
  const name = options.secure ? `__Host-${options.cookie}` : options.cookie
  return ctx => {
    const known = things.get(ctx.cookies.get(name) ?? '')
    if (known !== undefined) return known
    const id = randomBytes(32).toString('base64url')
    const thing = options.create()
    things.set(id, thing)
    const [oldest] = things
    if (things.size > MAX && oldest !== undefined) {
      options.end?.(oldest[1])
      things.delete(oldest[0])
    }
    ctx.cookies.set(name, id, { httpOnly: true, sameSite: 'lax', secure: options.secure, path: '/' })
    return thing
  }
}

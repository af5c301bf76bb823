import type { Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/** Segments of unreserved characters (RFC 3986, 2.3), each once after a slash. */
const PLAIN = /^(\/[\w.~-]+)+$|^\/$/
/** The routes; after them ids may follow, in which letters of both cases are different ones. */
const LOWER_CASE = /^\/[a-z0-9.-]*(\/|$)/
/** All of a path that begins so is words. */
const WORDS_ONLY = /^\/(token|session|callback|\.well-known)\//

/**
 * Lets each page be at one address. The router takes `/AUTH`, `/auth/` and `/%61uth` for `/auth`, so what goes by paths
 * (caches, limits, a proxy's rules) could be got around by another spelling; they are not there.
 */
export const canonicalPath: Middleware = async ({ path }, next) => {
  const isWritten = PLAIN.test(path) && LOWER_CASE.test(path) && !(WORDS_ONLY.test(path) && /[A-Z]/.test(path))
  if (!isWritten) throw new PiasError('page.not_found')
  await next()
}

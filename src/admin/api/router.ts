import { Readable } from 'node:stream'
import type { Context, Middleware } from 'koa'
import type { createAuthenticate } from './authenticate.ts'
import type { NoteRefusal } from './note-refusal.ts'
import type { Perform } from './perform.ts'
import { notFound, notJson, type Problem } from './problem.ts'
import { type Answer, isProblem, nameOf, type Route } from './route.ts'

const PREFIX = '/api'

type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

const matcherOf = (route: Route) => {
  const pattern = route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return { route, expression: new RegExp(`^${PREFIX}${pattern}$`) }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Finds the operation of a request; a problem where there is none. */
const createFind = (routes: readonly Route[]) => {
  const matchers = routes.map(matcherOf)
  return (method: string, path: string): Found | Problem => {
    const fitting = matchers.filter(({ expression }) => expression.test(path))
    const found = fitting.find(({ route }) => route.method === method.toLowerCase())
    if (found !== undefined) {
      const { groups = {} } = found.expression.exec(path) ?? {}
      const params = Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]))
      return { route: found.route, params }
    }
    if (fitting.length === 0) return notFound('address')
    const allow = fitting.map(({ route }) => route.method.toUpperCase()).join(', ')
    return { status: 405, code: 'method', title: `only ${allow}`, headers: { Allow: allow } }
  }
}

const versionOf = (header: string): number | undefined => {
  const [, number] = /^(?:W\/)?"(\d+)"$/.exec(header) ?? []
  return number === undefined ? undefined : Number(number)
}

const send = (ctx: Context, outcome: Answer | Problem): void => {
  ctx.status = outcome.status
  if (isProblem(outcome)) {
    const { headers = {}, unnoted: _, ...problem } = outcome
    ctx.set(headers)
    ctx.body = { type: 'about:blank', ...problem, reference: ctx.state.reference }
    ctx.type = 'application/problem+json'
    return
  }
  const { body, etag, stream } = outcome
  if (etag !== undefined) ctx.set('ETag', `"${etag}"`)
  if (stream !== undefined) {
    ctx.body = Readable.from(stream.parts)
    ctx.type = stream.type
    return
  }
  ctx.body = body ?? null
  if (body !== undefined) ctx.type = 'application/json'
}

/**
 * Answers requests of the API as the routes describe it, and in no other way. Requests without a good token are in the
 * audit trail, too.
 */
export const createRouter = (deps: {
  routes: readonly Route[]
  authenticate: ReturnType<typeof createAuthenticate>
  perform: Perform
  noteRefusal: NoteRefusal
}): Middleware => {
  const { authenticate, perform, noteRefusal } = deps
  const find = createFind(deps.routes)

  const decide = async (ctx: Context, found: Found): Promise<Answer | Problem> => {
    const caller = await authenticate(ctx.get('Authorization') || undefined)
    if ('code' in caller) {
      await noteRefusal({ operation: found.route.id, code: caller.code })
      return caller
    }
    // Whoever sends nothing says no type.
    if (found.route.body !== undefined && ctx.get('Content-Type') !== '' && ctx.is('json') === false) {
      const problem = notJson()
      await noteRefusal({ operation: found.route.id, code: problem.code, by: nameOf(caller) })
      return problem
    }
    const version = versionOf(ctx.get('If-Match'))
    const { body } = ctx.request
    return perform({ ...found, query: { ...ctx.query }, body, version, key: ctx.get('Idempotency-Key') }, caller)
  }

  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${PREFIX}/`)) return next()
    const found = find(ctx.method, ctx.path)
    if ('code' in found) return send(ctx, found)
    send(ctx, await decide(ctx, found))
  }
}

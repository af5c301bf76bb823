import { Readable } from 'node:stream'
import type { Context, Middleware } from 'koa'
import type { z } from 'zod'
import { mayDo } from '#src/admin/roles.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Json, Logger } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import type { createAuthenticate } from './authenticate.ts'
import { FRESH_SECONDS, notFresh } from './authenticate.ts'
import type { createIdempotency } from './idempotency.ts'
import { statusesOf } from './openapi.ts'
import { inputProblem, notFound, type Problem } from './problem.ts'
import { type Answer, type Caller, isProblem, type Route } from './route.ts'

const PREFIX = '/api'
/** Of a parameter that is written down. */
const LONGEST_PARAM = 128
/** Refusals of nobody in particular that are written down in a minute. */
const MOST_STRANGERS = 60

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

type Checked = { readonly params: unknown; readonly query: unknown; readonly body: unknown }

/** Checks what was sent against what is described. */
const check = (ctx: Context, { route, params }: Found): Checked | Problem => {
  const parts: [string, z.ZodType | undefined, unknown][] = [
    ['path', route.params, params],
    ['query', route.query, { ...ctx.query }],
    ['body', route.body, ctx.request.body],
  ]
  const checked: unknown[] = []
  for (const [where, schema, value] of parts) {
    if (schema === undefined) {
      const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0
      if (!isEmpty && where !== 'path')
        return { status: 400, code: 'request.invalid', title: `there is no ${where} here` }
      checked.push(undefined)
      continue
    }
    const parsed = schema.safeParse(value)
    if (!parsed.success) return inputProblem(where, parsed.error)
    checked.push(parsed.data)
  }
  return { params: checked[0], query: checked[1], body: checked[2] }
}

/** What stands in the way of somebody doing this. */
const hindrance = (route: Route, { roles, authTime }: Caller, now: number): Problem | undefined => {
  if (route.roles.length > 0 && !mayDo(roles, route.roles)) {
    return { status: 403, code: 'role', title: `this takes one of the roles ${[...route.roles, 'owner'].join(', ')}` }
  }
  return route.fresh && now / 1000 - authTime > FRESH_SECONDS ? notFresh() : undefined
}

const send = (ctx: Context, outcome: Answer | Problem): void => {
  ctx.status = outcome.status
  if (isProblem(outcome)) {
    const { headers = {}, ...problem } = outcome
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
 * Answers requests of the API as the routes describe it, and in no other way: what was sent is checked before it gets to
 * a route, what is answered before it leaves. Every act and every refusal is in the audit trail, and who looked at people.
 */
export const createRouter = (deps: {
  routes: readonly Route[]
  authenticate: ReturnType<typeof createAuthenticate>
  idempotent: ReturnType<typeof createIdempotency>
  audit: Pick<AuditPort, 'append'>
  limits: LimitsPort
  clock: Clock
  logger: Logger
}): Middleware => {
  const { authenticate, idempotent, audit, limits, clock, logger } = deps
  const find = createFind(deps.routes)

  const note = (type: string, { route, params }: Found, by: string, data: { [name: string]: Json } = {}) => {
    const named = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, value.slice(0, LONGEST_PARAM)]),
    )
    return audit.append([{ at: clock(), type, data: { operation: route.id, ...named, by, ...data } }])
  }

  /** Nobody fills the trail by calling without a token: the first of a minute are told, the others logged. */
  const noteStranger = async ({ route }: Found, { code }: Problem): Promise<void> => {
    if ((await limits.hit('admin-strangers', 60)) > MOST_STRANGERS) {
      logger.warn({ event: 'admin_refused', operation: route.id, code }, 'a request without a good token')
      return
    }
    await audit.append([{ at: clock(), type: 'admin.refused', data: { operation: route.id, code } }])
  }

  const perform = async (ctx: Context, found: Found, caller: Caller): Promise<Answer | Problem> => {
    const { route } = found
    const checked = check(ctx, found)
    if ('code' in checked) return checked
    const version = route.ifMatch ? versionOf(ctx.get('If-Match')) : undefined
    if (route.ifMatch && version === undefined) {
      return { status: 428, code: 'no-version', title: 'If-Match must say the ETag of what is changed' }
    }
    const run = () => route.run({ ...checked, version, caller } as Parameters<Route['run']>[0])
    const key = ctx.get('Idempotency-Key')
    if (route.method !== 'post' || key === '') return run()
    const { method, path } = ctx
    return idempotent({ by: caller.accountId, key, method, path, body: checked.body }, run)
  }

  /** An answer that is not described is a mistake of ours. @throws PiasError `server.failed` */
  const insist = (route: Route, outcome: Answer | Problem): void => {
    const { schema } = route.answer
    const isDescribed = statusesOf(route).includes(outcome.status)
    const fits = isProblem(outcome) || schema === undefined || schema.safeParse(outcome.body).success
    if (!isDescribed || !fits) throw new PiasError('server.failed', `${route.id} answered what is not described`)
  }

  const decide = async (ctx: Context, found: Found): Promise<Answer | Problem> => {
    const { route } = found
    const caller = await authenticate(ctx.get('Authorization') || undefined)
    if ('code' in caller) {
      await noteStranger(found, caller)
      return caller
    }
    const outcome = hindrance(route, caller, clock()) ?? (await perform(ctx, found, caller))
    insist(route, outcome)
    const by = caller.accountId
    if (isProblem(outcome)) await note('admin.refused', found, by, { code: outcome.code })
    else if (route.personal) await note('admin.looked', found, by)
    else if (route.method !== 'get') await note('admin.done', found, by)
    return outcome
  }

  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${PREFIX}/`)) return next()
    const found = find(ctx.method, ctx.path)
    if ('code' in found) return send(ctx, found)
    send(ctx, await decide(ctx, found))
  }
}

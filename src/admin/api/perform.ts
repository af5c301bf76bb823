import type { z } from 'zod'
import { mayDo } from '#src/admin/roles.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import { FRESH_SECONDS, notFresh } from './authenticate.ts'
import type { createIdempotency } from './idempotency.ts'
import { statusesOf } from './openapi.ts'
import { inputProblem, PROBLEM_HEADERS, type Problem } from './problem.ts'
import { type Answer, type Caller, type FeedCaller, isFeed, isProblem, nameOf, type Route } from './route.ts'

/** Of a parameter that is written down. */
const LONGEST_PARAM = 128

/** What somebody wants of a route, as it was sent: nothing of it was checked. `key`: of idempotency, '' for none. */
export type Asked = {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  readonly query: unknown
  readonly body: unknown
  readonly version: number | undefined
  readonly key: string
}

/** What a route takes of it, or what is wrong. */
const check = ({ route, ...asked }: Asked): { params: unknown; query: unknown; body: unknown } | Problem => {
  const parts: [string, z.ZodType | undefined, unknown][] = [
    ['path', route.params, asked.params],
    ['query', route.query, asked.query],
    ['body', route.body, asked.body],
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
    const parsed = schema.safeParse(value, { error: inputWords })
    if (!parsed.success) return inputProblem(where, parsed.error)
    checked.push(parsed.data)
  }
  return { params: checked[0], query: checked[1], body: checked[2] }
}

/** What stands in the way of somebody doing this: no role, or a login that is too old. A system may do what is for it. */
export const hindrance = (route: Route, caller: Caller | FeedCaller, now: number): Problem | undefined => {
  if (isFeed(caller)) {
    return route.feeds ? undefined : { status: 403, code: 'role', title: 'this is for admins, and a system is none' }
  }
  const { roles, authTime } = caller
  if (route.roles.length > 0 && !mayDo(roles, route.roles)) {
    return { status: 403, code: 'role', title: `this takes one of the roles ${[...route.roles, 'owner'].join(', ')}` }
  }
  return route.fresh && now / 1000 - authTime > FRESH_SECONDS ? notFresh() : undefined
}

/** Whether an outcome has the headers that are described of it, and no others. */
const hasHeaders = (route: Route, outcome: Answer | Problem): boolean => {
  if (!isProblem(outcome)) return (outcome.etag !== undefined) === (route.answer.etag === true)
  const header = PROBLEM_HEADERS[outcome.status]
  return Object.keys(outcome.headers ?? {}).join() === (header ?? '')
}

/** An answer that is not described is a mistake of ours. @throws PiasError `server.failed` */
const insist = (route: Route, outcome: Answer | Problem): void => {
  const { schema } = route.answer
  const isDescribed = statusesOf(route).includes(outcome.status)
  const fits = isProblem(outcome) || schema === undefined || schema.safeParse(outcome.body).success
  if (!isDescribed || !fits || !hasHeaders(route, outcome))
    throw new PiasError('server.failed', `${route.id} answered what is not described`)
}

/**
 * Does what somebody who was authenticated wants of a route, over HTTP or on the console: by the same roles, checked on the
 * way in and on the way out, and with every act, every refusal and every look at people in the audit trail.
 */
export const createPerform = (deps: {
  idempotent: ReturnType<typeof createIdempotency>
  audit: Pick<AuditPort, 'append'>
  clock: Clock
}) => {
  const { idempotent, audit, clock } = deps

  const note = (
    type: string,
    { route, params }: Asked,
    caller: Caller | FeedCaller,
    data: { readonly [name: string]: Json } = {},
  ) => {
    const named = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, value.slice(0, LONGEST_PARAM)]),
    )
    const client = isFeed(caller) && { clientId: caller.clientId }
    const by = nameOf(caller)
    return audit.append([{ at: clock(), type, ...client, data: { operation: route.id, ...named, by, ...data } }])
  }

  const run = async (asked: Asked, caller: Caller | FeedCaller): Promise<Answer | Problem> => {
    const { route, version, key } = asked
    const checked = check(asked)
    if ('code' in checked) return checked
    if (route.ifMatch && version === undefined) {
      return { status: 428, code: 'no-version', title: 'If-Match must say the ETag of what is changed' }
    }
    const { ifMatch = false } = route
    const input = { ...checked, version: ifMatch ? version : undefined, caller } as Parameters<Route['run']>[0]
    const refused = await route.admit?.(input)
    if (refused !== undefined) return refused
    if (route.method !== 'post' || key === '') return route.run(input)
    const { id, method } = route
    const path = `${id} ${JSON.stringify(asked.params)}`
    return idempotent({ by: nameOf(caller), key, method, path, body: checked.body }, () => route.run(input))
  }

  return async (asked: Asked, caller: Caller | FeedCaller): Promise<Answer | Problem> => {
    const { route } = asked
    const outcome = hindrance(route, caller, clock()) ?? (await run(asked, caller))
    insist(route, outcome)
    if (isProblem(outcome)) {
      if (!outcome.unnoted) await note('admin.refused', asked, caller, { code: outcome.code })
    } else if (route.personal) await note('admin.looked', asked, caller)
    else if (route.method !== 'get') await note('admin.done', asked, caller, outcome.noted)
    return outcome
  }
}

/** Does what is wanted of a route. */
export type Perform = ReturnType<typeof createPerform>

import type { z } from 'zod'
import type { Role } from '#src/admin/roles.ts'
import type { Problem } from './problem.ts'

/** Who calls: the account, its roles, and when the person was authenticated (epoch seconds). */
export type Caller = { readonly accountId: string; readonly roles: readonly Role[]; readonly authTime: number }

/** What a route answers. `etag` is the version of what is told. */
export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly etag?: number | string
  /** Whether it holds what is told once: the same request again is told so, and no more. */
  readonly once?: boolean
  /** Instead of JSON: text of this type, part by part. */
  readonly stream?: { readonly type: string; readonly parts: AsyncIterable<string> }
}

type Shape = z.ZodType | undefined
type Value<Schema extends Shape> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** What a route is given: all of it was checked. `version` is what If-Match says. */
export type Input<Params extends Shape, Query extends Shape, Body extends Shape> = {
  readonly params: Value<Params>
  readonly query: Value<Query>
  readonly body: Value<Body>
  readonly version: number | undefined
  readonly caller: Caller
}

/** One operation of the API, with all that OpenAPI tells of it. */
export type Route = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With parameters in braces. */
  readonly path: string
  /** Its name: OpenAPI's operationId, and what the audit trail calls it. */
  readonly id: string
  readonly summary: string
  /** Roles that may; an owner always may, and with `viewer` everybody who has one. Empty: whoever has a token. */
  readonly roles: readonly Role[]
  /** Whether the login must be fresh, for what does harm. */
  readonly fresh?: boolean
  /** Whether people's data are looked at, which the audit trail is told. */
  readonly personal?: boolean
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Whether If-Match must say which version is changed. */
  readonly ifMatch?: boolean
  /** What it answers when it works. */
  readonly answer: {
    readonly status: number
    readonly description: string
    readonly schema?: z.ZodType
    readonly types?: readonly string[]
  }
  /** Statuses of the problems it may answer, beside those that every route may. */
  readonly problems: readonly number[]
  readonly run: (input: Input<z.ZodType, z.ZodType, z.ZodType>) => Promise<Answer | Problem>
}

/** Ties what a route is given to its schemas. */
export const route = <
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends Shape,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'run'> & {
    readonly params?: Params
    readonly query?: Query
    readonly body?: Body
    readonly run: (input: Input<Params, Query, Body>) => Promise<Answer | Problem>
  },
): Route => definition as unknown as Route

/** Whether a route's outcome is a problem. */
export const isProblem = (outcome: Answer | Problem): outcome is Problem => 'code' in outcome

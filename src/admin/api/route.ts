import type { z } from 'zod'
import type { Role } from '#src/admin/roles.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Problem } from './problem.ts'

/** An admin who calls: the account, its roles, and when the person was authenticated (epoch seconds). */
export type Caller = { readonly accountId: string; readonly roles: readonly Role[]; readonly authTime: number }

/** A service line's system that calls: its client, and the service lines whose records it may change. */
export type FeedCaller = { readonly clientId: string; readonly serviceLines: readonly ServiceLine[] }

/** Whether a system calls, and no person. */
export const isFeed = (caller: Caller | FeedCaller): caller is FeedCaller => 'clientId' in caller

/** Who did it, as the audit trail and idempotency have it. */
export const nameOf = (caller: Caller | FeedCaller): string => (isFeed(caller) ? caller.clientId : caller.accountId)

/** What a route answers. `etag` is the version of what is told. */
export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly etag?: number | string
  /** Whether it holds what is told once: the same request again is told so, and no more. */
  readonly once?: boolean
  /** What the audit trail says beside who did what: nothing about a person. */
  readonly noted?: { readonly [name: string]: Json }
  /** Instead of JSON: text of this type, part by part. */
  readonly stream?: { readonly type: string; readonly parts: AsyncIterable<string> }
}

type Shape = z.ZodType | undefined
type Value<Schema extends Shape> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** What a route is given: all of it was checked. `version` is what If-Match says. */
export type Input<Params extends Shape, Query extends Shape, Body extends Shape, Who = Caller | FeedCaller> = {
  readonly params: Value<Params>
  readonly query: Value<Query>
  readonly body: Value<Body>
  readonly version: number | undefined
  readonly caller: Who
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
  /** Whether a service line's system may, too. */
  readonly feeds?: boolean
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
    /** Whether the version of what is told goes with it, as an ETag: then always. */
    readonly etag?: true
  }
  /** Statuses of the problems it may answer, beside those that every route may. */
  readonly problems: readonly number[]
  /**
   * What stands in the way of this very request, such as a limit: looked at before its Idempotency-Key counts, so that it
   * may be sent again.
   */
  readonly admit?: (input: Input<z.ZodType, z.ZodType, z.ZodType>) => Promise<Problem | undefined>
  readonly run: (input: Input<z.ZodType, z.ZodType, z.ZodType>) => Promise<Answer | Problem>
}

type WhoCalls<Feeds extends boolean> = Feeds extends true ? Caller | FeedCaller : Caller

/** Ties what a route is given to its schemas. */
export const route = <
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends Shape,
  Feeds extends boolean = false,
>(
  definition: Omit<Route, 'params' | 'query' | 'body' | 'feeds' | 'admit' | 'run'> & {
    readonly params?: Params
    readonly query?: Query
    readonly body?: Body
    readonly feeds?: Feeds
    readonly admit?: (input: Input<Params, Query, Body, WhoCalls<Feeds>>) => Promise<Problem | undefined>
    readonly run: (input: Input<Params, Query, Body, WhoCalls<Feeds>>) => Promise<Answer | Problem>
  },
): Route => definition as unknown as Route

/** Whether a route's outcome is a problem. */
export const isProblem = (outcome: Answer | Problem): outcome is Problem => 'code' in outcome

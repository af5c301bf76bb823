import type { Perform } from '#src/admin/api/perform.ts'
import { hindrance } from '#src/admin/api/perform.ts'
import type { Problem } from '#src/admin/api/problem.ts'
import { type Answer, type Caller, isProblem, type Route } from '#src/admin/api/route.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { Block } from './blocks.ts'
import type { Form } from './form.ts'
import type { Session } from './sessions.ts'
import type { Told } from './told.ts'
import { createForm } from './visit-form.ts'

/** What is given to an operation, as the API takes it; `key`: a form that is sent twice acts once. */
export type Given = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly version?: number
  readonly key?: string
}

/** A field as it was sent; of several of one name all. */
export type Sent = Readonly<Record<string, string | readonly string[] | undefined>>

/** One request of somebody who is logged in, and what they may do. */
export type Visit = {
  readonly caller: Caller
  /** Of the page, with its query. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Sent
  /** What a form brought: of the request itself, or of the one that is shown again. */
  readonly sent: Sent
  /** What stood in the way of the form that is shown again. */
  readonly problem?: Problem
  readonly now: number
  /** A field of the query or the form; '' where there is none. */
  text(name: string, from?: 'query' | 'sent'): string
  /** All that was sent under a name. */
  texts(name: string): readonly string[]
  /** Whether the roles allow an operation. */
  may(operation: string): boolean
  /** Whether the login is fresh enough for it, too. */
  mayNow(operation: string): boolean
  /** What an operation tells. @throws a {@link Refusal} when it is refused: then there is no page to show */
  ask<Id extends keyof Told>(operation: Id, given?: Given): Promise<Told[Id]>
  /** Does an operation, whatever comes of it. */
  act<Id extends keyof Told>(operation: Id, given?: Given): Promise<{ told: Told[Id] } | { problem: Problem }>
  /**
   * A form that does an operation, with what shows that it is ours and sent once: nothing where the roles do not allow it,
   * and the way to a fresh login first where it needs one. The one that was sent comes back with what was typed and with what
   * is wrong with it, and no other does: of several of one operation a hidden `kind` tells which that is.
   * @param form.isFilled whether its fields hold what was typed already
   */
  form(
    operation: string,
    form: Omit<Form, 'kind' | 'method' | 'hidden' | 'sent'> & { hidden?: Form['hidden']; isFilled?: boolean },
  ): readonly Block[]
}

/** Thrown where an operation that a page is made of was refused. */
export type Refusal = Error & { readonly problem: Problem }

/** Whether something that was thrown is a refusal. */
export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && 'problem' in error

/** Ends a page that cannot be shown. @throws a {@link Refusal} */
export const refuse = (problem: Problem): never => {
  throw Object.assign(new Error(problem.code), { problem })
}

const first = (value: Sent[string]): string => (typeof value === 'string' ? value : (value?.[0] ?? ''))

/** Makes visits over the operations of the admin API. */
export const createVisits = (deps: { routes: readonly Route[]; perform: Perform; clock: Clock }) => {
  const { perform, clock } = deps
  const routes = new Map(deps.routes.map(route => [route.id, route]))

  const routeOf = (operation: string): Route => {
    const route = routes.get(operation)
    if (route === undefined) throw new Error(`there is no operation ${operation}`)
    return route
  }

  return (
    request: Pick<Visit, 'caller' | 'path' | 'params' | 'query' | 'sent'> & { problem?: Problem; session: Session },
  ): Visit => {
    const { session, ...rest } = request
    const { caller, path, query, sent } = rest
    const now = clock()
    const may: Visit['may'] = operation => {
      const { fresh: _, ...route } = routeOf(operation)
      return hindrance(route, caller, now) === undefined
    }

    const mayNow: Visit['mayNow'] = operation => hindrance(routeOf(operation), caller, now) === undefined

    const run = (operation: string, given: Given): Promise<Answer | Problem> => {
      const { params = {}, body, version, key = '' } = given
      const route = routeOf(operation)
      return perform({ route, params, query: given.query ?? {}, body, version, key }, caller)
    }

    const act: Visit['act'] = async (operation, given = {}) => {
      const outcome = await run(operation, given)
      if (isProblem(outcome)) return { problem: outcome }
      const { etag, body, stream } = outcome
      const version = typeof etag === 'number' ? { version: etag } : {}
      const told = { ...version, ...(body as object | undefined), ...(stream && { stream }) }
      return { told: told as Told[typeof operation] }
    }

    const text: Visit['text'] = (name, from = 'sent') => first((from === 'query' ? query : sent)[name]).trim()

    const texts: Visit['texts'] = name => {
      const value = sent[name]
      return typeof value === 'string' ? [value] : (value ?? [])
    }

    return {
      ...rest,
      now,
      text,
      texts,
      may,
      mayNow,
      act,
      ask: async (operation, given = {}) => {
        const outcome = await act(operation, given)
        if ('told' in outcome) return outcome.told
        return refuse(outcome.problem)
      },
      form: createForm({ path, session, text, texts, may, mayNow, problem: rest.problem }),
    }
  }
}

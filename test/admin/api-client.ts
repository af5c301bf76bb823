import { z } from 'zod'
import { createAdmins } from '#src/admin/admins.ts'
import { problemSchema } from '#src/admin/api/problem.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { type AdminOptions, startAdmin } from './support.ts'

type Operation = {
  operationId: string
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
}
type Description = { openapi: string; paths: Record<string, Record<string, Operation>> }
type Described = { readonly path: string; readonly method: string; readonly operation: Operation }

/** What the tests of the API are split by: each operation is of one of these, by its path. */
export const SUBJECTS = {
  access: /^\/(me|bootstrap|admins|audit)\b/,
  people: /^\/(accounts|records|decisions|link-changes|reviews)\b/,
  apps: /^\/(clients|trials|overview)\b/,
  rules: /^\/(matching|alarms)\b/,
  customers: /^\/customers\b/,
} as const

/** What an operation is called with. */
type Invocation = {
  params?: Record<string, string>
  query?: string
  body?: unknown
  headers?: Record<string, string>
  token?: string
}

/** If-Match of the version that was told. */
export const etagOf = (answer: Answer) => ({ 'if-match': `${answer.headers.etag}` })

/** The status and code of a problem. */
export const codeOf = (answer: Answer) => [answer.status, answer.json().code]

/** A schema on its own: what it refers to is any JSON. */
const withComponents = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('{"$ref":"#/components/schemas/Json"}', '{}'))

/** Holds an answer against what is described of it. */
const expectDescribed = ({ operationId: id, responses }: Operation, answer: Answer): void => {
  const described = responses[answer.status]
  const how = described === undefined ? answer.body : 'described'
  expect([id, answer.status, how]).toEqual([id, answer.status, 'described'])
  const type = `${answer.headers['content-type']}`.split(';')[0] ?? ''
  if (described?.$ref !== undefined) {
    expect(type).toBe('application/problem+json')
    expect(problemSchema.parse(answer.json())).toMatchObject({ status: answer.status, reference: expect.any(String) })
  } else if (type === 'application/json') {
    const schema = withComponents(described?.content?.[type]?.schema ?? {})
    expect(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(answer.json())).toBeDefined()
  } else if (answer.body !== '') {
    expect(Object.keys(described?.content ?? {})).toContain(type)
  }
}

/**
 * The admin API with an owner (lotte), a linker (thomas) and somebody who is no admin (nora). Every answer is held against
 * what is described of it.
 */
export const startApi = async (options: Omit<AdminOptions, 'clock'> = {}) => {
  let now = 0
  const clock = () => Date.now() + now
  const admin = await startAdmin({ ...options, clock })
  const { store } = admin.running.pias
  const roles = createAdmins({ ...store, clock })

  /** Somebody whom PIAS does not know opens an account at an app. */
  const openAccount = async (persona: string): Promise<{ accountId: string }> => {
    await (await meetUncertain(admin.running, persona)).openAccount()
    const [event] = await store.audit.search({ type: 'account.opened', limit: 1 })
    return { accountId: event?.accountId ?? '' }
  }

  const owner = await admin.login('lotte')
  const other = await admin.login('thomas')
  const guest = await openAccount('nora')
  const code = await roles.prepareBootstrap('test')
  const made = await admin.call(owner.token, 'POST', '/bootstrap', { body: { code } })
  if (made.status !== 204) throw new Error(`no owner: ${made.status} ${made.body}`)
  const { version } = await roles.list()
  await roles.setRoles({ accountId: other.accountId, roles: ['linker'], version, by: 'test' })

  const description = (await (await fetch(`${admin.origin}/openapi.json`)).json()) as Description
  const operations: readonly Described[] = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const worked = new Set<string>()

  /** Calls an operation by its name, and holds the answer against what is described of it. */
  const invoke = async (id: string, options: Invocation = {}): Promise<Answer> => {
    const found = operations.find(({ operation }) => operation.operationId === id)
    if (found === undefined) throw new Error(`${id} is not described`)
    const { params = {}, query = '', token = owner.token, body, headers } = options
    const path = found.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    const answer = await admin.call(token, found.method.toUpperCase(), `${path}${query}`, {
      ...(body !== undefined && { body }),
      ...(headers !== undefined && { headers }),
    })
    expectDescribed(found.operation, answer)
    if (answer.status < 300) worked.add(id)
    return answer
  }

  return {
    admin,
    roles,
    owner,
    other,
    guest,
    description,
    operations,
    invoke,
    openAccount,
    /** Lets the node believe that so many milliseconds have passed. */
    pass: (milliseconds: number): void => {
      now = milliseconds
    },
    /** What the newest events of a type say. */
    eventsOf: async (type: string) =>
      (await store.audit.search({ type, limit: 100 })).map(({ data }) => data as Record<string, unknown>),
    /** Operations of a subject that were not called, or never worked. */
    untried: (subject: keyof typeof SUBJECTS): readonly string[] =>
      operations
        .filter(({ path, operation: { operationId } }) => SUBJECTS[subject].test(path) && !worked.has(operationId))
        .map(({ operation }) => operation.operationId),
    close: () => admin.close(),
  }
}

/** A running admin API. */
export type RunningApi = Awaited<ReturnType<typeof startApi>>

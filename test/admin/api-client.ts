import { createHash } from 'node:crypto'
import { z } from 'zod'
import { createAdmins } from '#src/admin/admins.ts'
import { problemSchema } from '#src/admin/api/problem.ts'
import type { Answer } from '#test/support/http-browser.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { type AdminOptions, startAdmin } from './support.ts'

type Response = {
  $ref?: string
  headers?: Record<string, object>
  content?: Record<string, { schema: object }>
}
type Operation = { operationId: string; description: string; requestBody?: object; responses: Record<string, Response> }
type Description = {
  openapi: string
  'x-other-methods': Response
  'x-other-paths': Response
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Response> }
}
type Described = { readonly path: string; readonly method: string; readonly operation: Operation }

/** What the tests of the API are split by: each operation is of one of these, by its path. */
export const SUBJECTS = {
  access: /^\/(me|bootstrap|admins|audit)\b/,
  people: /^\/(accounts|records|decisions|link-changes|reviews)\b/,
  apps: /^\/(apis|clients|trials|overview)\b/,
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

/** Problems that contract.test.ts asks every operation for, and what it asks the whole of. */
const OF_EVERY = new Set(['400', '401', '403', '413', '415', '421', '500', '503'])

/** Headers of every answer, of PIAS and of HTTP. */
const OF_ALL = new Set([
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'x-content-type-options',
  'x-frame-options',
  'x-request-id',
])

/** Holds the headers of an answer against those that are described of it: all of them, and no others. */
export const expectHeaders = (
  id: string,
  answer: { status: number; headers: object },
  { headers = {} }: Response = {},
): void => {
  const sent = Object.keys(answer.headers).filter(name => !OF_ALL.has(name))
  const described = Object.keys(headers).map(name => name.toLowerCase())
  expect([id, answer.status, sent.sort()]).toEqual([id, answer.status, described.sort()])
}

/** What a response refers to, or itself. */
const resolved = ({ components }: Pick<Description, 'components'>, response: Response = {}): Response => {
  const name = response.$ref?.split('/').at(-1)
  return name === undefined ? response : (components.responses[name] ?? {})
}

/** Holds an answer against what is described of it. */
const expectDescribed = ({ components }: Description, { operationId: id, responses }: Operation, answer: Answer) => {
  const described = responses[answer.status]
  const how = described === undefined ? answer.body : 'described'
  expect([id, answer.status, how]).toEqual([id, answer.status, 'described'])
  expectHeaders(id, answer, resolved({ components }, described))
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
  await roles.setRoles({
    accountId: other.accountId,
    roles: ['linker'],
    version,
    by: 'test',
    reason: 'a synthetic reason',
  })

  const description = (await (await fetch(`${admin.origin}/openapi.json`)).json()) as Description
  const operations: readonly Described[] = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const worked = new Map<string, Invocation>()
  const answered = new Set<string>()

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
    expectDescribed(description, found.operation, answer)
    if (answer.status < 300 && !worked.has(id)) worked.set(id, options)
    answered.add(`${id} ${answer.status}`)
    return answer
  }

  const ofSubject = (subject: keyof typeof SUBJECTS) => operations.filter(({ path }) => SUBJECTS[subject].test(path))

  /** An operation that worked is called again: without its version, by an old one, for what is not there. */
  const callWrongly = async (id: string, { params = {}, headers = {}, ...given }: Invocation): Promise<void> => {
    const call = async (status: number, wrong: Invocation) => {
      const answer = await invoke(id, { params, headers, ...given, ...wrong })
      expect([id, answer.status]).toEqual([id, status])
    }
    const { responses } = operations.find(({ operation }) => operation.operationId === id)?.operation ?? {}
    if (responses?.['428'] !== undefined) {
      await call(428, { headers: {} })
      if (!answered.has(`${id} 412`)) await call(412, { headers: { 'if-match': '"999999"' } })
    }
    const names = Object.keys(params)
    if (responses?.['404'] !== undefined && names.length > 0) {
      await call(404, { params: Object.fromEntries(names.map(name => [name, 'nothing'])) })
    }
  }

  /** And with an Idempotency-Key whose request is not answered yet, and one that was used for another. */
  const callAgain = async (id: string, options: Invocation): Promise<void> => {
    const [, payload = ''] = (options.token ?? owner.token).split('.')
    const caller = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }
    const begin = async (key: string) => {
      const begun = createHash('sha256')
        .update(JSON.stringify([caller.sub, key]))
        .digest('base64url')
      await store.artifacts.insertOnce('AdminRequest', begun, 60)
      return begun
    }
    const call = async (key: string) => {
      const answer = await invoke(id, { ...options, headers: { ...options.headers, 'idempotency-key': key } })
      return [id, ...codeOf(answer)]
    }
    await begin('begun')
    expect(await call('begun')).toEqual([id, 409, 'in-progress'])
    const other = { fingerprint: 'another', answer: { status: 204 } }
    await store.artifacts.upsert('AdminAnswer', await begin('used'), other, 60, {})
    expect(await call('used')).toEqual([id, 422, 'key-used'])
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
      ofSubject(subject)
        .filter(({ operation: { operationId } }) => !worked.has(operationId))
        .map(({ operation }) => operation.operationId),
    /** Calls each operation that worked again, wrongly in the ways that its description allows for. */
    callWrongly: async (subject: keyof typeof SUBJECTS): Promise<void> => {
      for (const { method, operation } of ofSubject(subject)) {
        const { operationId: id } = operation
        const { token, ...given } = worked.get(id) ?? {}
        // Admins' logins may have been ended since; a system has nobody else who may.
        const options = subject === 'customers' && token !== undefined ? { ...given, token } : given
        await callWrongly(id, options)
        if (method === 'post') await callAgain(id, options)
      }
    },
    /** What is described of a problem, and of what is told where there is no operation. */
    problem: (status: number): Response => resolved(description, { $ref: `Problem${status}` }),
    responseOf: (response: Response): Response => resolved(description, response),
    /** Problems that are described of a subject's operations and were never answered. */
    unanswered: (subject: keyof typeof SUBJECTS): readonly string[] =>
      ofSubject(subject).flatMap(({ operation: { operationId: id, responses } }) =>
        Object.keys(responses)
          .filter(status => status >= '400' && !OF_EVERY.has(status) && !answered.has(`${id} ${status}`))
          .map(status => `${id} ${status}`),
      ),
    close: () => admin.close(),
  }
}

/** A running admin API. */
export type RunningApi = Awaited<ReturnType<typeof startApi>>

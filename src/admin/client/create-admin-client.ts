import { OPERATIONS, type Operations, type Problem } from './operations.generated.ts'

/** The name of an operation, as the description has it (`operationId`). */
export type OperationId = keyof Operations & keyof typeof OPERATIONS

/** What came of a call: what is described of the operation, with its ETag where it has one, or a problem (RFC 9457). */
export type AdminAnswer<Id extends OperationId> =
  | { readonly ok: true; readonly status: number; readonly etag?: string; readonly data: Operations[Id]['answer'] }
  | { readonly ok: false; readonly status: number; readonly problem: Problem }

/** An operation that needs nothing is called with its name alone. */
type Arguments<Input> = Record<string, never> extends Input ? [input?: Input] : [input: Input]

/** Calls an operation by its name. */
export type AdminClient = <Id extends OperationId>(
  id: Id,
  ...given: Arguments<Operations[Id]['input']>
) => Promise<AdminAnswer<Id>>

/** What any operation takes, as it is sent. */
type Sent = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly etag?: string
  readonly idempotencyKey?: string
}

const urlOf = (origin: string, path: string, { params = {}, query = {} }: Sent): URL => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const url = new URL(`/api${filled}`, origin)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`)
  return url
}

const headersOf = (token: string, { body, etag, idempotencyKey }: Sent): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(etag !== undefined && { 'if-match': etag }),
  ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
})

const readAnswer = async (answer: Response): Promise<unknown> => {
  const text = await answer.text()
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';')
  return /[/+]json$/.test(type) ? JSON.parse(text) : text || undefined
}

/** What something before PIAS refused is told like what PIAS refuses. */
const toProblem = (status: number, read: unknown): Problem =>
  typeof read === 'object' && read !== null && 'code' in read
    ? (read as Problem)
    : { type: 'about:blank', title: 'another server than PIAS answered', status, code: 'not-pias' }

/**
 * A typed client of the admin API, made of its description: what an operation takes and answers is checked by the compiler.
 * It stands alone with its types: both files may be copied.
 * @param options.origin where the admin plane is reached
 * @param options.token gives the access token of an admin at this moment
 * @param options.fetch by default that of the platform; what it throws is thrown
 */
export const createAdminClient = (options: {
  readonly origin: string
  readonly token: () => string | Promise<string>
  readonly fetch?: typeof fetch
}): AdminClient => {
  const { origin, token, fetch: send = fetch } = options
  return async (id, ...inputs) => {
    const sent = (inputs[0] ?? {}) as Sent
    const [method, path] = OPERATIONS[id]
    const answer = await send(urlOf(origin, path, sent), {
      method,
      headers: headersOf(await token(), sent),
      ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
    })
    const { ok, status } = answer
    const read = await readAnswer(answer)
    if (!ok) return { ok, status, problem: toProblem(status, read) }
    const etag = answer.headers.get('etag')
    return { ok, status, ...(etag !== null && { etag }), data: read as Operations[typeof id]['answer'] }
  }
}

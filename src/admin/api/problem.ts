import { z } from 'zod'
import { inputFix } from './input-fix.ts'

/** A field that is wrong, why, and what to do. */
const fieldProblem = z.strictObject({ field: z.string(), reason: z.string(), fix: z.string().min(1) })

/** An error of the API (RFC 9457); `code` is stable. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(fieldProblem).optional(),
  reference: z.string().optional(),
})

/** A problem before the router adds what is the same for all. */
export type Problem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly z.infer<typeof fieldProblem>[]
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the audit trail is spared: what a busy system is told time and again, and does nothing. */
  readonly unnoted?: boolean
}

/** Words for the statuses of problems, as OpenAPI tells them. */
export const PROBLEM_WORDS: Readonly<Record<number, string>> = {
  400: 'The request is not what is described.',
  401: 'No token, one that is not good, or a login that is too old for this.',
  403: 'The admin has no role for this.',
  404: 'There is no such thing.',
  405: 'The address has other methods than this one.',
  409: 'It cannot be done as things are.',
  412: 'It was changed since it was read.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  421: 'Another server than this one was asked for.',
  422: 'The Idempotency-Key was used for another request.',
  428: 'If-Match or Idempotency-Key is missing.',
  429: 'This was asked too often; try again later.',
  500: 'PIAS failed.',
  503: 'The store is away; try again.',
}

/** Headers of answers, as OpenAPI tells them. */
export const HEADER_WORDS = {
  Allow: 'The methods of the address.',
  ETag: 'The version of what is told, for If-Match.',
  'Retry-After': 'Seconds to wait before the same is asked again.',
  'WWW-Authenticate': 'Why the token is not good, and what would be (RFC 6750, RFC 9470).',
} as const

/** A header of an answer. */
export type AnswerHeader = keyof typeof HEADER_WORDS

/** The header that a problem of a status always has, beside those of every answer. */
export const PROBLEM_HEADERS: Readonly<Record<number, AnswerHeader>> = {
  401: 'WWW-Authenticate',
  405: 'Allow',
  429: 'Retry-After',
  503: 'Retry-After',
}

/** The body has a type that no operation takes. */
export const notJson = (): Problem => ({ status: 415, code: 'not-json', title: 'the body must be application/json' })

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** What is wrong with an input, field by field, and what to do about each. */
export const inputProblem = (where: string, error: z.ZodError): Problem => ({
  status: 400,
  code: 'request.invalid',
  title: `the ${where} is not what is described`,
  errors: error.issues.map(issue => ({
    field: pathOf([where, ...issue.path]),
    reason: issue.message,
    fix: inputFix(issue),
  })),
})

/** Nothing of that name. */
export const notFound = (what: string): Problem => ({
  status: 404,
  code: 'not-found',
  title: `there is no such ${what}`,
})

/** Changed since it was read. */
export const stale = (): Problem => ({
  status: 412,
  code: 'stale',
  title: 'it was changed since it was read',
  detail: 'read it again and repeat the change on what is there now',
})

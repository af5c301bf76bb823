import { z } from 'zod'
import { FEED_SCOPE } from '#src/admin/admin-client.ts'
import { type AnswerHeader, HEADER_WORDS, PROBLEM_HEADERS, PROBLEM_WORDS, problemSchema } from './problem.ts'
import type { Route } from './route.ts'

type Document = { readonly [name: string]: unknown }

/** Any JSON, which is the one schema that holds itself. */
const JSON_SCHEMA = { description: 'Any JSON.' }
const RECURSIVE = '"#/$defs/__schema0"'

/**
 * A zod schema as OpenAPI 3.1 has it: JSON Schema 2020-12 without its address. What holds itself is among the components,
 * for a reference is looked up in the whole document.
 */
const toJsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Document => {
  const made = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' })
  const { $schema: _address, $defs: _definitions, ...rest } = made
  return JSON.parse(JSON.stringify(rest).replaceAll(RECURSIVE, '"#/components/schemas/Json"')) as Document
}

/** What every route may answer. */
const COMMON_PROBLEMS = [400, 401, 403, 421, 500, 503] as const

/** Whose bodies nobody reads. */
const BODILESS: ReadonlySet<Route['method']> = new Set(['get', 'delete'])

/** What a route that writes may answer, too. */
const problemsOf = ({ method, ifMatch, body, problems }: Route): readonly number[] => [
  ...COMMON_PROBLEMS,
  ...problems,
  ...(method === 'post' ? [409, 422] : []),
  ...(ifMatch ? [412, 428] : []),
  // A body is read before it is known whether there should be one.
  ...(BODILESS.has(method) ? [] : [413]),
  ...(body === undefined ? [] : [415]),
]

/** Every status that a route is described to answer. */
export const statusesOf = (route: Route): readonly number[] =>
  [...new Set([route.answer.status, ...problemsOf(route)])].sort((a, b) => a - b)

const parametersOf = ({ params, query, method, ifMatch }: Route): readonly Document[] => {
  const of = (schema: z.ZodObject | undefined, place: 'path' | 'query') => {
    const { properties = {}, required = [] } =
      schema === undefined
        ? {}
        : (toJsonSchema(schema, 'input') as {
            properties?: Record<string, Document>
            required?: readonly string[]
          })
    return Object.entries(properties).map(([name, described]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: described,
    }))
  }
  const header = (name: string, required: boolean, description: string) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  })
  return [
    ...of(params, 'path'),
    ...of(query, 'query'),
    ...(ifMatch ? [header('If-Match', true, 'The ETag of what is changed.')] : []),
    ...(method === 'post'
      ? [header('Idempotency-Key', false, 'The same key with the same request gives the same answer, for a day.')]
      : []),
  ]
}

const headersOf = (...names: readonly AnswerHeader[]): Document =>
  names.length === 0
    ? {}
    : {
        headers: Object.fromEntries(
          names.map(name => [name, { required: true, description: HEADER_WORDS[name], schema: { type: 'string' } }]),
        ),
      }

const answerOf = ({ answer }: Route): Document => {
  const types = answer.types ?? (answer.schema === undefined ? [] : ['application/json'])
  const schema = answer.schema === undefined ? { type: 'string' } : toJsonSchema(answer.schema, 'output')
  return {
    description: answer.description,
    ...(answer.etag && headersOf('ETag')),
    ...(types.length > 0 && { content: Object.fromEntries(types.map(type => [type, { schema }])) }),
  }
}

const whoMay = ({ roles, fresh, feeds }: Route): string => {
  const system = `A service line's system may, too: client_credentials with the scope ${FEED_SCOPE}.`
  return [
    `Roles: ${roles.length === 0 ? 'none' : roles.join(', ')}.`,
    ...(fresh ? ['Wants a login of the last five minutes.'] : []),
    ...(feeds ? [system] : []),
  ].join(' ')
}

const operationOf = (route: Route): Document => ({
  operationId: route.id,
  summary: route.summary,
  description: whoMay(route),
  parameters: parametersOf(route),
  ...(route.body !== undefined && {
    requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(route.body, 'input') } } },
  }),
  responses: {
    [route.answer.status]: answerOf(route),
    ...Object.fromEntries(
      [...new Set(problemsOf(route))].map(status => [status, { $ref: `#/components/responses/Problem${status}` }]),
    ),
  },
  security: [{ pias: [] }],
})

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

/** The description of the API (OpenAPI 3.1), made of its routes. */
export const describeApi = (routes: readonly Route[], options: { origin: string; issuer: string }): Document => ({
  openapi: '3.1.0',
  info: { title: 'PIAS administration', version: '1', description: 'What admins do, by tokens of PIAS itself.' },
  servers: [{ url: `${options.origin}/api` }],
  paths: Object.fromEntries(
    [...Map.groupBy(routes, ({ path }) => path)].map(([path, all]) => [
      path,
      Object.fromEntries(all.map(one => [one.method, operationOf(one)])),
    ]),
  ),
  // OpenAPI has no place for what is answered where there is no operation.
  'x-other-methods': { $ref: '#/components/responses/Problem405' },
  'x-other-paths': { $ref: '#/components/responses/Problem404' },
  components: {
    schemas: { Json: JSON_SCHEMA, Problem: toJsonSchema(problemSchema, 'output') },
    responses: Object.fromEntries(
      Object.entries(PROBLEM_WORDS).map(([status, description]) => {
        const header = PROBLEM_HEADERS[Number(status)]
        return [`Problem${status}`, { description, ...(header && headersOf(header)), content: PROBLEM }]
      }),
    ),
    securitySchemes: {
      pias: { type: 'openIdConnect', openIdConnectUrl: `${options.issuer}/.well-known/openid-configuration` },
    },
  },
})

/** A description of an API (OpenAPI 3.1), as far as types are made of it. */
export type ApiDescription = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}
type Parameter = { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }
type Content = Readonly<Record<string, { readonly schema: Schema }>>
type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

const HEAD = `// Written by \`pias admin client\`: what each operation of the admin API takes and answers. Not changed by hand.
`

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/
const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'")}'` : JSON.stringify(value)
const nameOf = (name: string): string => (IDENTIFIER.test(name) ? name : literal(name))
const unionOf = (types: readonly string[]): string => [...new Set(types)].join(' | ')

const PLAIN: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
}

const objectOf = ({ properties = {}, required = [], additionalProperties }: Schema): string => {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `readonly ${nameOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  if (typeof additionalProperties === 'object') fields.push(`readonly [name: string]: ${typeOf(additionalProperties)}`)
  return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join('; ')} }`
}

/** A JSON Schema as a type; `unknown` for what none is made of. */
const typeOf = (schema: Schema): string => {
  const { $ref, type, anyOf, oneOf, items } = schema
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return unionOf(schema.enum.map(literal))
  const options = anyOf ?? oneOf
  if (options !== undefined) return unionOf(options.map(typeOf))
  if (type === 'array') return `readonly (${items === undefined ? 'unknown' : typeOf(items)})[]`
  if (type === 'object') return objectOf(schema)
  return unionOf([type ?? []].flat().map(one => PLAIN[one] ?? 'unknown')) || 'unknown'
}

const bodyOf = (content: Content | undefined): string => {
  const schema = content?.['application/json']?.schema
  if (schema !== undefined) return typeOf(schema)
  return content === undefined ? 'undefined' : 'string'
}

/** Parameters of a place as the fields of an object; optional where all of them are. */
const partOf = (part: string, all: readonly Parameter[]): readonly string[] => {
  if (all.length === 0) return []
  const required = all.filter(parameter => parameter.required).map(({ name }) => name)
  const properties = Object.fromEntries(all.map(({ name, schema }) => [name, schema]))
  return [`readonly ${part}${required.length === 0 ? '?' : ''}: ${objectOf({ properties, required })}`]
}

const inputOf = ({ parameters, requestBody }: Operation): string => {
  const of = (place: string) => parameters.filter(parameter => parameter.in === place)
  const takes = (header: string) => of('header').some(({ name }) => name === header)
  const parts = [
    ...partOf('params', of('path')),
    ...partOf('query', of('query')),
    ...(requestBody === undefined ? [] : [`readonly body: ${bodyOf(requestBody.content)}`]),
    ...(takes('If-Match') ? ['readonly etag: string'] : []),
    ...(takes('Idempotency-Key') ? ['readonly idempotencyKey?: string'] : []),
  ]
  return parts.length === 0 ? 'Record<string, never>' : `{ ${parts.join('; ')} }`
}

const answerOf = ({ responses }: Operation): string =>
  unionOf(Object.entries(responses).flatMap(([status, { content }]) => (status < '300' ? [bodyOf(content)] : [])))

/**
 * Types of a client as TypeScript, made of the description of an API: the schemas it names, what each operation takes and
 * answers, and the method and path of each.
 */
export const clientTypes = ({ paths, components }: ApiDescription): string => {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)}\n`,
  )
  const types = all.flatMap(({ operation }) => [
    `  /** ${operation.summary}. */\n`,
    `  readonly ${operation.operationId}: {\n`,
    `    readonly input: ${inputOf(operation)}\n`,
    `    readonly answer: ${answerOf(operation)}\n`,
    '  }\n',
  ])
  const places = all.map(({ path, method, operation }) => `  ${operation.operationId}: ['${method}', '${path}'],\n`)
  return [
    HEAD,
    '\n',
    ...schemas,
    '\nexport type Operations = {\n',
    ...types,
    '}\n',
    '\nexport const OPERATIONS = {\n',
    ...places,
    '} as const\n',
  ].join('')
}

import { z } from 'zod'
import { notFound, type Problem, stale } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import { PRESETS } from '#src/admin/operations/client-presets.ts'
import type { ClientErrors, ClientOperations, ClientRefusal } from '#src/admin/operations/clients.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { clientParams } from './schemas.ts'

const metadata = z
  .record(z.string().max(64), z.json())
  .describe('RFC 7591 names plus pias_*, as in a client file; no secrets.')
const finding = z.strictObject({ field: z.string(), reason: z.string(), fix: z.string() })
const view = {
  clientId: z.string(),
  name: z.string(),
  managedBy: z.enum(['file', 'api', 'dcr', 'apply']),
  state: z.enum(['active', 'disabled']),
  version: z.number(),
  metadata: z.json(),
}
const secretView = z.strictObject({
  id: z.string(),
  createdAt: z.number().optional(),
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
})
const detail = z.strictObject({ ...view, secrets: z.array(secretView), warnings: z.array(finding) })
const secretParams = z.strictObject({ ...clientParams.shape, secretId: z.string().min(1).max(64) })

const REFUSALS: Readonly<Record<Exclude<ClientRefusal['kind'], 'unknown' | 'stale'>, Problem>> = {
  managed: { status: 409, code: 'managed', title: 'it is changed where it comes from: its file, or pias apply' },
  taken: { status: 409, code: 'taken', title: 'this client_id is or was an app: choose another' },
  full: { status: 409, code: 'full', title: 'two secrets are valid already: remove one first' },
  past: {
    status: 400,
    code: 'request.invalid',
    title: 'the secret would be good for nothing',
    errors: [
      {
        field: 'body.expiresAt',
        reason: 'must be in the future',
        fix: 'choose more, or leave it out: until it is removed',
      },
    ],
  },
}

const refused = (outcome: ClientRefusal | ClientErrors): Problem => {
  switch (outcome.kind) {
    case 'wrong':
      return { status: 400, code: 'client.invalid', title: 'the metadata is not valid', errors: outcome.errors }
    case 'unknown':
      return notFound('client')
    case 'stale':
      return stale()
    default:
      return REFUSALS[outcome.kind]
  }
}

/** Routes about apps. */
export const clientRoutes = ({ clients }: { clients: ClientOperations }): readonly Route[] => {
  const answer = <T extends object>(
    outcome: T | ClientRefusal | ClientErrors,
    told: (value: T) => { body: unknown; etag?: number; once?: boolean },
    status = 200,
  ) => ('kind' in outcome ? refused(outcome as ClientRefusal) : { status, ...told(outcome as T) })

  const setState = (name: 'disable' | 'restore', summary: string): Route =>
    route({
      method: 'post',
      path: `/clients/{clientId}/${name}`,
      id: `${name}Client`,
      summary,
      roles: ['client-owner'],
      fresh: true,
      ifMatch: true,
      params: clientParams,
      answer: { status: 200, description: 'The app.', schema: detail, etag: true },
      problems: [404, 409],
      run: async ({ params, version = 0, caller }) => {
        const state = name === 'disable' ? 'disabled' : 'active'
        const outcome = await clients.setState({ ...params, version, state, by: caller.accountId })
        return answer(outcome, body => ({ body, etag: (body as { version: number }).version }))
      },
    })

  return [
    route({
      method: 'get',
      path: '/clients',
      id: 'listClients',
      roles: ['viewer'],
      problems: [],
      summary: 'Lists apps by client_id, those of files too',
      query: z.strictObject({
        prefix: z.string().max(128).optional(),
        cursor: z.string().max(128).default(''),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: {
        status: 200,
        description: 'Apps.',
        schema: z.strictObject({ clients: z.array(z.strictObject(view)), next: z.string().optional() }),
      },
      run: async ({ query: { prefix = '', cursor, limit } }) => ({
        status: 200,
        body: await clients.list({ prefix, after: cursor, limit }),
      }),
    }),
    route({
      method: 'post',
      path: '/clients/lint',
      id: 'lintClient',
      roles: ['viewer'],
      problems: [],
      summary: 'Says what is wrong with metadata, and what might be better; saves nothing',
      body: z.strictObject({ metadata }),
      answer: {
        status: 200,
        description: 'What was found.',
        schema: z.strictObject({ errors: z.array(finding), warnings: z.array(finding) }),
      },
      run: async ({ body }) => ({ status: 200, body: clients.lint(body.metadata as Json) }),
    }),
    route({
      method: 'post',
      path: '/clients',
      id: 'createClient',
      roles: ['client-owner'],
      fresh: true,
      summary: 'Registers an app from a preset; its secret is in this answer and never again',
      body: z.strictObject({ preset: z.enum(PRESETS).optional(), metadata }),
      answer: {
        status: 201,
        description: 'The app, with its secret if it has one.',
        schema: z.strictObject({ client: detail, secret: z.string().optional() }),
        etag: true,
      },
      problems: [],
      run: async ({ body, caller }) => {
        const given = body.metadata as { readonly [field: string]: Json }
        const { preset } = body
        const by = caller.accountId
        const outcome = await clients.create({ ...(preset !== undefined && { preset }), metadata: given, by })
        return answer(outcome, made => ({ body: made, etag: made.client.version, once: true }), 201)
      },
    }),
    route({
      method: 'get',
      path: '/clients/{clientId}',
      id: 'showClient',
      roles: ['viewer'],
      params: clientParams,
      summary: 'Shows an app, with its secrets by id and when each was last used',
      answer: { status: 200, description: 'The app; the ETag is its version.', schema: detail, etag: true },
      problems: [404],
      run: async ({ params }) => {
        const body = await clients.show(params.clientId)
        return body === undefined ? notFound('client') : { status: 200, body, etag: body.version }
      },
    }),
    route({
      method: 'put',
      path: '/clients/{clientId}',
      id: 'replaceClient',
      roles: ['client-owner'],
      fresh: true,
      ifMatch: true,
      params: clientParams,
      summary: 'Writes new metadata over a version',
      body: z.strictObject({ metadata }),
      answer: { status: 200, description: 'The app.', schema: detail, etag: true },
      problems: [404, 409],
      run: async ({ params, body, version = 0, caller }) => {
        const given = body.metadata as { readonly [field: string]: Json }
        const outcome = await clients.replace({ ...params, version, metadata: given, by: caller.accountId })
        return answer(outcome, told => ({ body: told, etag: (told as { version: number }).version }))
      },
    }),
    setState('disable', 'Lets nobody log in by an app any more'),
    setState('restore', 'Lets people log in by an app again'),
    route({
      method: 'post',
      path: '/clients/{clientId}/secrets',
      id: 'addSecret',
      roles: ['client-owner'],
      fresh: true,
      summary: 'Makes another secret beside the one there is; it is in this answer and never again',
      params: clientParams,
      body: z.strictObject({ expiresAt: z.int().positive().optional() }),
      answer: {
        status: 201,
        description: 'The secret.',
        schema: z.strictObject({ secret: z.string(), id: z.string() }),
      },
      problems: [404],
      run: async ({ params, body: { expiresAt }, caller }) => {
        const outcome = await clients.addSecret({
          ...params,
          by: caller.accountId,
          ...(expiresAt !== undefined && { expiresAt }),
        })
        return answer(outcome, body => ({ body, once: true }), 201)
      },
    }),
    route({
      method: 'delete',
      path: '/clients/{clientId}/secrets/{secretId}',
      id: 'removeSecret',
      roles: ['client-owner'],
      fresh: true,
      params: secretParams,
      summary: 'Makes a secret good for nothing',
      answer: { status: 204, description: 'Gone.' },
      problems: [404],
      run: async ({ params, caller }) =>
        (await clients.removeSecret({ ...params, by: caller.accountId })) ? { status: 204 } : notFound('secret'),
    }),
  ]
}

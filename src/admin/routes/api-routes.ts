import { z } from 'zod'
import { type Route, route } from '#src/admin/api/route.ts'
import { viewApis } from '#src/admin/operations/api-views.ts'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'

const words = z.strictObject({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() })

/** An API that tokens are issued for. */
export const apiView = z.strictObject({
  audience: z.string().describe('Its resource indicator (RFC 8707), and the `aud` of its tokens.'),
  name: z.string(),
  managedBy: z.enum(['file', 'pias']).describe('`pias`: of PIAS itself.'),
  format: z.enum(['jwt', 'opaque']),
  scopes: z.array(
    z.strictObject({
      name: z.string(),
      description: words.describe('What a person reads when consent is asked.'),
      consent: z.enum(['health', 'by-client']),
    }),
  ),
  clients: z.array(z.string()).describe('The apps that are this API: they introspect and exchange its tokens.'),
  exchanges: z
    .array(z.strictObject({ audience: z.string(), scopes: z.array(z.string()) }))
    .describe('Which scopes other APIs get for the person that they were called for (RFC 8693).'),
})

/** Routes about APIs: they are described in files, and changed there. */
export const apiRoutes = (deps: {
  apis: { readonly all: () => readonly ApiMetadata[] }
  origin: string
}): readonly Route[] => [
  route({
    method: 'get',
    path: '/apis',
    id: 'listApis',
    roles: ['viewer'],
    problems: [],
    summary: 'Lists the APIs that tokens are issued for, by audience, with their scopes',
    answer: {
      status: 200,
      description: 'The APIs.',
      schema: z.strictObject({ apis: z.array(apiView) }),
    },
    run: async () => ({ status: 200, body: { apis: viewApis(deps.apis.all(), deps.origin) } }),
  }),
]

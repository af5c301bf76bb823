import { z } from 'zod'
import { notFound } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { writeQuickstarts } from '#src/clients/quickstarts/write-quickstarts.ts'
import { clientParams } from './schemas.ts'

/** Code to begin with, filled in for a client. */
export const quickstartView = z.strictObject({
  stack: z.string(),
  title: z.string(),
  language: z.string(),
  tested: z.boolean().describe('Whether a test of PIAS runs this very text.'),
  code: z.string().describe('No secret is in it.'),
})

/**
 * Code for developers of an app.
 * @param deps.findClient an app that people may use now, as it is now
 */
export const quickstartRoutes = (deps: {
  findClient: (clientId: string) => Promise<ClientMetadata | undefined>
  issuer: string
}): readonly Route[] => [
  route({
    method: 'get',
    path: '/clients/{clientId}/quickstarts',
    id: 'listQuickstarts',
    roles: ['viewer'],
    summary: 'Code for each stack that fits an app, filled in; none for an app without a login in a browser',
    params: clientParams,
    answer: {
      status: 200,
      description: 'The code.',
      schema: z.strictObject({ quickstarts: z.array(quickstartView) }),
    },
    problems: [404],
    run: async ({ params }) => {
      const client = await deps.findClient(params.clientId)
      if (client === undefined) return notFound('active client')
      return { status: 200, body: { quickstarts: writeQuickstarts(client, deps.issuer) } }
    },
  }),
]

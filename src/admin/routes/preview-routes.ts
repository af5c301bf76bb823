import { z } from 'zod'
import { notFound, type Problem } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { Previewed, PreviewOperation } from '#src/admin/operations/preview-tokens.ts'
import { ACRS } from '#src/kernel/identity.ts'
import { clientParams } from './schemas.ts'

const members = z.record(z.string().max(64), z.union([z.null(), z.record(z.string(), z.json())]))
const claims = z.record(z.string(), z.json())
/** What an app would get. */
export const previewView = z.strictObject({
  idToken: claims,
  userinfo: claims,
  accessToken: z.strictObject({
    format: z.enum(['opaque', 'jwt']),
    scope: z.string(),
    expiresIn: z.number(),
    claims: claims.optional(),
  }),
})

const REFUSALS: Readonly<Record<Extract<Previewed, string>, Problem>> = {
  'no-client': notFound('client that people log in to'),
  'no-account': notFound('account'),
  'no-api': { status: 409, code: 'no-api', title: 'the app may not ask for a token of this API' },
  refused: { status: 409, code: 'refused', title: 'the account is blocked: nobody would get a token' },
}

/** What an app would get, without a login. */
export const previewRoutes = ({ preview }: { preview: PreviewOperation }): readonly Route[] => [
  route({
    method: 'post',
    path: '/clients/{clientId}/token-preview',
    id: 'previewTokens',
    personal: true,
    roles: ['client-owner', 'support'],
    summary: 'Tells what an app would get for a synthetic persona, or masked for an account; nothing is signed',
    params: clientParams,
    body: z.strictObject({
      account: z.string().min(1).max(128).optional(),
      scope: z.string().max(1000).optional(),
      claims: z.strictObject({ userinfo: members.optional(), id_token: members.optional() }).optional(),
      resource: z.string().max(512).optional(),
      acr: z.enum(ACRS).optional(),
    }),
    answer: { status: 200, description: 'The claims of ID token, userinfo and access token.', schema: previewView },
    problems: [404, 409],
    run: async ({ params, body }) => {
      const asked = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      const previewed = await preview({ ...params, ...asked })
      return typeof previewed === 'string' ? REFUSALS[previewed] : { status: 200, body: previewed }
    },
  }),
]

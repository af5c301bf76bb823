import { z } from 'zod'
import { notFound, type Problem } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import type { Trials } from '#src/admin/trials/create-trials.ts'
import { ACRS, LOCALES } from '#src/kernel/identity.ts'
import { clientParams } from './schemas.ts'

const claims = z.record(z.string(), z.json())
const request = z.record(z.string(), z.string())
const trialError = z.strictObject({
  at: z.enum(['request', 'login', 'token', 'userinfo']),
  code: z.string(),
  description: z.string().optional(),
  reason: z.string(),
  fix: z.string(),
})
/** What came of a trial: no token of it. */
export const trialReport = z.strictObject({
  id: z.string(),
  clientId: z.string(),
  at: z.number(),
  request,
  own: z.boolean(),
  error: trialError.optional(),
  idToken: z.strictObject({ header: claims, claims }).optional(),
  accessToken: z
    .strictObject({
      type: z.string(),
      format: z.enum(['opaque', 'jwt']),
      scope: z.string(),
      expiresIn: z.number(),
      header: claims.optional(),
      claims: claims.optional(),
    })
    .optional(),
  userinfo: claims.optional(),
  introspection: claims.optional(),
  appSteps: z
    .array(
      z.strictObject({
        step: z.enum(['exchange']),
        origin: z.string(),
        problem: z.strictObject({ reason: z.string(), fix: z.string() }).optional(),
      }),
    )
    .optional()
    .describe('What a page of an app without a server does then, and whether browsers let it.'),
})
/** A trial that has begun, or why PIAS refuses its request. */
export const trialBegun = z.union([z.strictObject({ id: z.string(), url: z.string(), request }), trialError])

/** A node that is starting answers within these. */
const RETRY_AFTER_SECONDS = '5'

const REFUSALS: Readonly<Record<Extract<Awaited<ReturnType<Trials['begin']>>, string>, Problem>> = {
  'no-client': notFound('client'),
  'no-login': { status: 409, code: 'no-login', title: 'nobody logs in to this client by a browser' },
  away: {
    status: 503,
    code: 'away',
    title: 'PIAS does not answer itself: see its log',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  },
}

const SPACED = /^[\w:./-]+( [\w:./-]+)*$/

/** Test logins as an app (ADR 0074). */
export const trialRoutes = ({ trials }: { trials: Trials }): readonly Route[] => [
  route({
    method: 'post',
    path: '/clients/{clientId}/trials',
    id: 'beginTrial',
    roles: ['client-owner'],
    summary: 'Begins a test login as an app: where a browser goes with it, within a minute',
    params: clientParams,
    body: z.strictObject({
      scope: z.string().max(1000).regex(SPACED, 'must be names with spaces between them').optional(),
      resource: z.string().max(512).optional(),
      acr: z.enum(ACRS).optional(),
      prompt: z.enum(['login', 'consent', 'none']).optional(),
      locale: z.enum(LOCALES).optional(),
    }),
    answer: { status: 200, description: 'Where to go; or the error that the app would get.', schema: trialBegun },
    problems: [404, 409],
    run: async ({ params, body, caller }) => {
      const asked = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      const begun = await trials.begin(params.clientId, asked, caller.accountId)
      return typeof begun === 'string' ? REFUSALS[begun] : { status: 200, body: begun }
    },
  }),
  route({
    method: 'post',
    path: '/trials/answer',
    id: 'finishTrial',
    roles: ['client-owner'],
    personal: true,
    summary: 'Takes what PIAS answered a test login with, once, and tells what the app would get; no token is told',
    body: z.strictObject({ answer: z.record(z.string().max(64), z.string().max(2048)) }),
    answer: {
      status: 200,
      description: 'What came of it. Claims of anybody but the caller are masked.',
      schema: trialReport,
    },
    problems: [404],
    run: async ({ body, caller }) => {
      const report = await trials.finish(new URLSearchParams(body.answer), caller.accountId)
      return report === undefined ? notFound('trial of yours') : { status: 200, body: report }
    },
  }),
]

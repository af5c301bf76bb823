import { bodyParser } from '@koa/bodyparser'
import type { Context, Middleware } from 'koa'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { seeOther } from '#src/http/see-other.ts'
import { mayAnswer } from '#src/interaction/answers.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { Versioned } from '#src/interaction/attempts.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { pathOf } from './step-page.ts'

/** Parses the forms of the journey's pages; nothing else is read. */
export const parseForm: Middleware = bodyParser({ enableTypes: ['form'], formLimit: '8kb' }) as unknown as Middleware

/**
 * The attempt of a form's URL and what was sent: only from a page of PIAS, in the attempt's browser, with its token.
 * @throws PiasError `request.forged`, and what loading the attempt throws
 */
export const loadForm = async (
  deps: Pick<JourneyDeps, 'issuer' | 'binding'>,
  load: LoadAttempt,
  ctx: Context,
): Promise<{ found: Versioned; body: Record<string, unknown> }> => {
  requireSameOrigin(ctx, deps.issuer)
  const uid = single(ctx.params.uid)
  const found = await load(ctx, uid)
  const body = (ctx.request.body ?? {}) as Record<string, unknown>
  if (!deps.binding.checkFormToken(ctx, uid, body.csrf)) throw new PiasError('request.forged', 'wrong form token')
  return { found, body }
}

/**
 * Shows a form again that was not filled in. Of a login that is over (a second press, an older tab) nothing is known any
 * more that it could show: the browser goes where the login stands.
 */
export const showAgain = async (
  deps: Parameters<typeof mayAnswer>[0],
  ctx: Context,
  attempt: LoginAttempt,
  answer: Parameters<typeof mayAnswer>[2],
  show: () => void,
): Promise<void> => ((await mayAnswer(deps, attempt, answer)) ? show() : seeOther(ctx, pathOf(attempt)))

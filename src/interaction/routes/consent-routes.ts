import { bodyParser } from '@koa/bodyparser'
import type Router from '@koa/router'
import { requireSameOrigin } from '#src/http/same-origin.ts'
import { answerConsent } from '#src/interaction/steps/ask-consent.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { type JourneyDeps, type LoadAttempt, redirect, single } from './journey.ts'

const form = bodyParser({ enableTypes: ['form'], formLimit: '8kb' })

/** The form of the consent page: `/interaction/:uid/consent`. The page itself is the attempt's own. */
export const addConsentRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  router.post('/interaction/:uid/consent', form, async ctx => {
    requireSameOrigin(ctx, deps.issuer)
    const uid = single(ctx.params.uid)
    const found = await load(ctx, uid)
    const { csrf, decision } = (ctx.request.body ?? {}) as Record<string, unknown>
    if (!deps.binding.checkFormToken(ctx, uid, csrf)) throw new PiasError('request.forged', 'wrong form token')
    if (decision !== 'allow' && decision !== 'refuse') throw new PiasError('request.invalid', 'allow or refuse')
    redirect(ctx, (await answerConsent(deps, found, decision)) ?? `/interaction/${uid}`)
  })
}

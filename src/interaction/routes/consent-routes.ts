import type Router from '@koa/router'
import { seeOther } from '#src/http/see-other.ts'
import { answerConsent } from '#src/interaction/steps/ask-consent.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { loadForm, parseForm } from './forms.ts'
import type { JourneyDeps, LoadAttempt } from './journey.ts'
import { pathOf, type StepPages } from './step-page.ts'

/** The page that asks what an app may have. */
export const CONSENT_PAGES: StepPages<'ask-consent'> = {
  'ask-consent': (ctx, attempt, { show, binding, links }) =>
    show(ctx, attempt, 'consent', {
      action: `${pathOf(attempt)}/consent`,
      csrf: binding.formToken(ctx, attempt.uid),
      data: attempt.consent?.page.data ?? [],
      thirdParty: attempt.consent?.page.thirdParty === true,
      ...links(attempt.clientId),
    }),
}

/** The form of the consent page: `/interaction/:uid/consent`. */
export const addConsentRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  router.post('/interaction/:uid/consent', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const { decision } = body
    if (decision !== 'allow' && decision !== 'refuse') throw new PiasError('request.invalid', 'allow or refuse')
    seeOther(ctx, (await answerConsent(deps, found, decision)) ?? pathOf(found.attempt))
  })
}

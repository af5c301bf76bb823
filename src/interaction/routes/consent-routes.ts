import type Router from '@koa/router'
import type { Context } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { answerConsent } from '#src/interaction/steps/ask-consent.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { loadForm, parseForm } from './forms.ts'
import type { JourneyDeps, LoadAttempt } from './journey.ts'
import { pathOf, type StepPages } from './step-page.ts'

/**
 * Sees to it that whoever is asked is still logged in in this browser. The attempt keeps what the page shows of the person, and
 * the library the login that led to it, which it would repeat: neither is for whoever sits there after a logout.
 * @throws PiasError `interaction.expired`
 */
const requireLogin = async (
  { accountHere }: Pick<JourneyDeps, 'accountHere'>,
  ctx: Context,
  { consent }: LoginAttempt,
): Promise<void> => {
  if (consent === undefined || (await accountHere(ctx)) === consent.accountId) return
  throw new PiasError('interaction.expired', 'whoever was asked is not logged in any more')
}

/** The page that asks what an app may have. */
export const CONSENT_PAGES: StepPages<'ask-consent'> = {
  'ask-consent': async (ctx, attempt, deps) => {
    await requireLogin(deps, ctx, attempt)
    deps.show(ctx, attempt, 'consent', {
      action: `${pathOf(attempt)}/consent`,
      csrf: deps.binding.formToken(ctx, attempt.uid),
      data: attempt.consent?.page.data ?? [],
      thirdParty: attempt.consent?.page.thirdParty === true,
      ...deps.links(attempt.clientId),
    })
  },
}

/** The form of the consent page: `/interaction/:uid/consent`. */
export const addConsentRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  router.post('/interaction/:uid/consent', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const { decision } = body
    if (decision !== 'allow' && decision !== 'refuse') throw new PiasError('request.invalid', 'allow or refuse')
    if (decision === 'allow') await requireLogin(deps, ctx, found.attempt)
    seeOther(ctx, (await answerConsent(deps, found, decision)) ?? pathOf(found.attempt))
  })
}

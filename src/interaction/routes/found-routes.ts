import type Router from '@koa/router'
import { formValues } from '#src/http/form-values.ts'
import { seeOther } from '#src/http/see-other.ts'
import { answerFound, answerMove } from '#src/interaction/steps/link-found.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { loadForm, parseForm } from './forms.ts'
import type { JourneyDeps, LoadAttempt } from './journey.ts'
import { cancelUrlOf, pathOf, type StepPages } from './step-page.ts'

/** The pages of what a proof has brought. */
export const FOUND_PAGES: StepPages<'link-found' | 'move-identity'> = {
  'link-found': (ctx, attempt, { show, binding }) =>
    show(ctx, attempt, 'found', {
      action: `${pathOf(attempt)}/found`,
      csrf: binding.formToken(ctx, attempt.uid),
      records:
        attempt.proved?.kind === 'found'
          ? attempt.proved.records.map(({ serviceLine, customerId, role, business }) => ({
              key: customerKeyOf({ serviceLine, customerId }),
              serviceLine,
              customerId,
              ...(role && { role }),
              ...(business && { business }),
            }))
          : [],
      cancelUrl: cancelUrlOf(attempt),
    }),
  'move-identity': (ctx, attempt, { show, binding }) =>
    show(ctx, attempt, 'move-identity', {
      action: `${pathOf(attempt)}/move`,
      csrf: binding.formToken(ctx, attempt.uid),
      cancelUrl: cancelUrlOf(attempt),
    }),
}

/** The forms of what a proof has brought: `/interaction/:uid/found` and `/interaction/:uid/move`. */
export const addFoundRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  router.post('/interaction/:uid/found', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const chosen = body.decision === 'link' ? formValues(body.record) : []
    const answered = await answerFound(deps, found, chosen)
    seeOther(ctx, answered.kind === 'redirect' ? answered.to : pathOf(found.attempt))
  })

  router.post('/interaction/:uid/move', parseForm, async ctx => {
    const { found } = await loadForm(deps, load, ctx)
    const answered = await answerMove(deps, found)
    seeOther(ctx, answered.kind === 'redirect' ? answered.to : pathOf(found.attempt))
  })
}

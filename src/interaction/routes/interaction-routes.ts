import Router from '@koa/router'
import type { Middleware } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import { cancelLogin } from '#src/interaction/steps/finish.ts'
import { addAskPersonRoutes } from './ask-person-routes.ts'
import { addConsentRoutes } from './consent-routes.ts'
import { addContactRoutes } from './contact-routes.ts'
import { addFoundRoutes } from './found-routes.ts'
import { createAttemptLoader, createPageLoader, type JourneyDeps, single } from './journey.ts'
import { explainMissingCookie } from './missing-cookie.ts'
import { addNewAccountRoutes } from './new-account-routes.ts'
import { addPasskeyRoutes } from './passkey-routes.ts'
import { addPasswordRoutes } from './password-routes.ts'
import { STEP_PAGES } from './step-pages.ts'
import { addUpstreamRoutes } from './upstream-routes.ts'

/** Who adds routes of their own. */
const ROUTES = [
  addUpstreamRoutes,
  addAskPersonRoutes,
  addContactRoutes,
  addFoundRoutes,
  addNewAccountRoutes,
  addPasswordRoutes,
  addPasskeyRoutes,
  addConsentRoutes,
] as const

/**
 * The routes of the hosted journey: parse, let a step do its work, and send the browser where the dispatcher says.
 * Every page can be loaded again: it reads the stored attempt and changes nothing.
 */
export const createInteractionRoutes = (deps: JourneyDeps): Middleware => {
  const load = createAttemptLoader(deps)
  const loadPage = createPageLoader(deps, load)
  const router = new Router()
  router.use(explainMissingCookie({ https: deps.issuer.startsWith('https:') }))

  router.get('/interaction/:uid', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    await STEP_PAGES[await deps.dispatch(attempt)](ctx, attempt, deps)
  })

  router.get('/interaction/:uid/cancel', async ctx => {
    const found = await load(ctx, single(ctx.params.uid))
    const step = await deps.dispatch(found.attempt)
    seeOther(ctx, step === 'resume' ? found.attempt.returnTo : await cancelLogin(deps, found))
  })

  for (const addRoutes of ROUTES) addRoutes(router, deps, load)
  return router.routes() as unknown as Middleware
}

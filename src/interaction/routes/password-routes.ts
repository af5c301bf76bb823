import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { seeOther } from '#src/http/see-other.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { answerPassword, type Entered, passwordUseOf, skipConnecting } from '#src/interaction/steps/enter-password.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import { loadForm, parseForm } from './forms.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { cancelUrlOf, pathOf, type StepPages } from './step-page.ts'

/** A password is taken as it was typed. */
const loginForm = z.object({ username: z.string().max(200).trim(), password: z.string().max(1024) })

/** The page of somebody who logged in with an old password. */
export const CONNECT_PAGES: StepPages<'connect'> = {
  connect: async (ctx, attempt, { show, allowedFor, binding }) => {
    const { afterPassword } = await allowedFor(attempt)
    const ways = { connectUrl: `${pathOf(attempt)}/retry`, cancelUrl: cancelUrlOf(attempt) }
    if (afterPassword !== 'nudge') return show(ctx, attempt, 'connect', ways)
    const skip = { action: `${pathOf(attempt)}/skip`, csrf: binding.formToken(ctx, attempt.uid) }
    show(ctx, attempt, 'connect-invited', { ...ways, ...skip })
  },
}

const STATUS = { wrong: 422, incomplete: 422, unavailable: 503 } as const

/** An old login: `/interaction/:uid/password`, `/skip` and `/connected`. */
export const addPasswordRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, allowedFor, show } = deps
  const loadPage = createPageLoader(deps, load)

  const showForm = async (
    ctx: Context,
    attempt: LoginAttempt,
    username: string,
    error?: PageModels['password']['error'],
  ): Promise<void> => {
    if (error !== undefined) ctx.status = STATUS[error]
    const { afterPassword } = await allowedFor(attempt)
    show(ctx, attempt, 'password', {
      action: `${pathOf(attempt)}/password`,
      csrf: binding.formToken(ctx, attempt.uid),
      username,
      connects: attempt.identity !== undefined || afterPassword !== 'nothing',
      backUrl: pathOf(attempt),
      ...(error === undefined ? {} : { error }),
    })
  }

  const showLocked = (ctx: Context, attempt: LoginAttempt, retryAt?: number): void => {
    ctx.status = 429
    show(ctx, attempt, 'password-locked', { backUrl: pathOf(attempt), ...(retryAt === undefined ? {} : { retryAt }) })
  }

  const conclude = (ctx: Context, attempt: LoginAttempt, entered: Entered): void =>
    seeOther(ctx, entered.kind === 'redirect' ? entered.to : pathOf(attempt))

  router.get('/interaction/:uid/password', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if ((await passwordUseOf(deps, attempt)) === undefined) return seeOther(ctx, pathOf(attempt))
    await showForm(ctx, attempt, '')
  })

  router.post('/interaction/:uid/password', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const { attempt } = found
    const { username = '', password = '' } = loginForm.safeParse(body).data ?? {}
    if (username === '' || password === '') return showForm(ctx, attempt, username, 'incomplete')
    const entered = await answerPassword(deps, found, { username, password, ip: ctx.ip })
    switch (entered.kind) {
      case 'wrong':
      case 'unavailable':
        return showForm(ctx, attempt, username, entered.kind)
      case 'locked':
        return showLocked(ctx, attempt, entered.retryAt)
      default:
        return conclude(ctx, attempt, entered)
    }
  })

  router.post('/interaction/:uid/skip', parseForm, async ctx => {
    const { found } = await loadForm(deps, load, ctx)
    conclude(ctx, found.attempt, await skipConnecting(deps, found))
  })

  router.get('/interaction/:uid/connected', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    const { connected, end, returnTo } = attempt
    if (connected === undefined || end?.kind !== 'logged-in') return seeOther(ctx, pathOf(attempt))
    const goesOn = connected.retiresAt > deps.clock() ? { retiresAt: connected.retiresAt } : {}
    show(ctx, attempt, 'connected', { continueUrl: returnTo, ...goesOn })
  })
}

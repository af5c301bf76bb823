import { createHash } from 'node:crypto'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { seeOther } from '#src/http/see-other.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { answerPasskey, mayUsePasskey } from '#src/interaction/steps/use-passkey.ts'
import { loadForm, parseForm } from './forms.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { pathOf } from './step-page.ts'

/** What the browser's script put into the form; undefined for anything that is not JSON. */
const parseResponse = (given: unknown): unknown => {
  try {
    return JSON.parse(single(given))
  } catch {
    return undefined
  }
}

/** A passkey: `/interaction/:uid/passkey`. */
export const addPasskeyRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, show } = deps
  const loadPage = createPageLoader(deps, load)

  /** Of this attempt in this browser, and of this try: one that was answered is never right again. */
  const challengeOf = (ctx: Context, { uid, proofTries }: LoginAttempt): Uint8Array =>
    createHash('sha256')
      .update(`passkey ${proofTries} ${binding.formToken(ctx, uid)}`)
      .digest()

  const showPage = async (ctx: Context, attempt: LoginAttempt, error?: 'wrong' | 'unsupported'): Promise<void> => {
    if (error !== undefined) ctx.status = 422
    show(ctx, attempt, 'passkey', {
      action: `${pathOf(attempt)}/passkey`,
      csrf: binding.formToken(ctx, attempt.uid),
      options: await deps.passkeyOptions(challengeOf(ctx, attempt)),
      backUrl: pathOf(attempt),
      ...(error === undefined ? {} : { error }),
    })
  }

  router.get('/interaction/:uid/passkey', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    if (!(await mayUsePasskey(deps, attempt))) return seeOther(ctx, pathOf(attempt))
    await showPage(ctx, attempt)
  })

  router.post('/interaction/:uid/passkey', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const { attempt } = found
    // Nothing asked the browser for a passkey: no try, for there was none.
    if (single(body.credential) === '' && (await mayUsePasskey(deps, attempt)))
      return showPage(ctx, attempt, 'unsupported')
    const shown = { response: parseResponse(body.credential), challenge: challengeOf(ctx, attempt) }
    const used = await answerPasskey(deps, found, shown)
    switch (used.kind) {
      case 'wrong':
        return showPage(ctx, used.attempt, 'wrong')
      case 'locked':
        ctx.status = 429
        return show(ctx, attempt, 'password-locked', { backUrl: pathOf(attempt) })
      default:
        return seeOther(ctx, used.kind === 'redirect' ? used.to : pathOf(attempt))
    }
  })
}

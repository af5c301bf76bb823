import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { seeOther } from '#src/http/see-other.ts'
import { mayAnswer } from '#src/interaction/answers.ts'
import { isProofLocked, type LoginAttempt } from '#src/interaction/attempt.ts'
import { answerCode, askForCode, mayHaveMore, offersCode } from '#src/interaction/steps/prove-contact.ts'
import { parseContact } from '#src/linking/typed-contact.ts'
import { loadForm, parseForm, showAgain } from './forms.ts'
import { createPageLoader, type JourneyDeps, type LoadAttempt, single } from './journey.ts'
import { showLocked } from './locked.ts'
import { pathOf } from './step-page.ts'

const contactForm = z.object({ contact: z.string().max(254).trim() })
const codeForm = z.object({ code: z.string().max(64).trim() })

/**
 * The proof by a code: `/interaction/:uid/contact` asks where to send it, `/code` for the code, `/code/again` sends another
 * one. What they answer is the same for any contact that could have a code.
 */
export const addContactRoutes = (router: Router, deps: JourneyDeps, load: LoadAttempt): void => {
  const { binding, codeChannels, show } = deps
  const loadPage = createPageLoader(deps, load)
  const codeUrl = (attempt: LoginAttempt) => `${pathOf(attempt)}/code`

  const showContact = (ctx: Context, attempt: LoginAttempt, contact: string, error?: 'incomplete') => {
    if (error !== undefined) ctx.status = 422
    show(ctx, attempt, 'prove-contact', {
      action: `${pathOf(attempt)}/contact`,
      csrf: binding.formToken(ctx, attempt.uid),
      contact,
      channels: codeChannels,
      backUrl: pathOf(attempt),
      ...(error === undefined ? {} : { error }),
    })
  }

  const showCode = (ctx: Context, attempt: LoginAttempt, error?: 'wrong' | 'incomplete') => {
    if (error !== undefined) ctx.status = 422
    show(ctx, attempt, 'enter-code', {
      action: codeUrl(attempt),
      ...(mayHaveMore(attempt) && { againAction: `${codeUrl(attempt)}/again` }),
      csrf: binding.formToken(ctx, attempt.uid),
      contact: attempt.codes?.at(-1)?.contact.value ?? '',
      ...(mayHaveMore(attempt) && { otherUrl: `${pathOf(attempt)}/contact` }),
      backUrl: pathOf(attempt),
      ...(error === undefined ? {} : { error }),
    })
  }

  /** Where somebody is whose turn it is not; undefined where it is. */
  const elsewhere = async (attempt: LoginAttempt): Promise<string | undefined> =>
    offersCode(deps, attempt) && (await mayAnswer(deps, attempt, 'linking')) ? undefined : pathOf(attempt)

  router.get('/interaction/:uid/contact', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    const to = await elsewhere(attempt)
    if (to !== undefined) return seeOther(ctx, to)
    if (isProofLocked(attempt)) return showLocked(ctx, attempt, deps)
    return mayHaveMore(attempt) ? showContact(ctx, attempt, '') : seeOther(ctx, codeUrl(attempt))
  })

  router.post('/interaction/:uid/contact', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const typed = contactForm.safeParse(body).data?.contact ?? ''
    const contact = parseContact(typed)
    if (contact === undefined || !codeChannels.includes(contact.channel)) {
      return showAgain(deps, ctx, found.attempt, 'linking', () => showContact(ctx, found.attempt, typed, 'incomplete'))
    }
    await askForCode(deps, found, { contact, ip: ctx.ip })
    seeOther(ctx, codeUrl(found.attempt))
  })

  router.get('/interaction/:uid/code', async ctx => {
    const { attempt } = await loadPage(ctx, single(ctx.params.uid))
    const to = await elsewhere(attempt)
    if (to !== undefined) return seeOther(ctx, to)
    if (isProofLocked(attempt)) return showLocked(ctx, attempt, deps)
    return attempt.codes === undefined ? seeOther(ctx, `${pathOf(attempt)}/contact`) : showCode(ctx, attempt)
  })

  router.post('/interaction/:uid/code', parseForm, async ctx => {
    const { found, body } = await loadForm(deps, load, ctx)
    const typed = codeForm.safeParse(body).data?.code ?? ''
    if (typed === '') {
      return showAgain(deps, ctx, found.attempt, 'linking', () => showCode(ctx, found.attempt, 'incomplete'))
    }
    const { kind } = await answerCode(deps, found, typed)
    if (kind === 'wrong') return showCode(ctx, found.attempt, 'wrong')
    seeOther(ctx, kind === 'locked' ? codeUrl(found.attempt) : pathOf(found.attempt))
  })

  router.post('/interaction/:uid/code/again', parseForm, async ctx => {
    const { found } = await loadForm(deps, load, ctx)
    const contact = found.attempt.codes?.at(-1)?.contact
    if (contact !== undefined) await askForCode(deps, found, { contact, ip: ctx.ip })
    seeOther(ctx, codeUrl(found.attempt))
  })
}

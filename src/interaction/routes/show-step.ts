import type { Context } from 'koa'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { BrowserBinding } from '#src/interaction/browser-binding.ts'
import type { Step } from '#src/interaction/next-step.ts'
import type { ErrorCode } from '#src/kernel/errors.ts'
import type { PageModels, PageName } from '#src/pages/view-models.ts'

/** Renders a page of this attempt into the response: its language, its app. */
export type ShowPage = <Name extends PageName>(
  ctx: Context,
  attempt: LoginAttempt,
  page: Name,
  model: PageModels[Name],
) => void

/** Where an app says what it does with what it gets. */
export type PolicyLinks = (clientId: string) => { readonly policyUrl?: string; readonly termsUrl?: string }

const RETRY_PAGES = {
  'upstream.denied': 'upstream-denied',
  'upstream.expired': 'upstream-expired',
  'upstream.unavailable': 'upstream-unavailable',
  'upstream.invalid_response': 'upstream-invalid',
} as const satisfies Partial<Record<ErrorCode, PageName>>

const retryPage = (code: ErrorCode) => RETRY_PAGES[code as keyof typeof RETRY_PAGES] ?? 'upstream-unavailable'

/** Answers a step: a redirect where the browser has somewhere to be, else the page that says what is next. */
export const showStep = (
  ctx: Context,
  { show, binding, links }: { show: ShowPage; binding: Pick<BrowserBinding, 'formToken'>; links: PolicyLinks },
  attempt: LoginAttempt,
  step: Step,
): void => {
  const base = `/interaction/${attempt.uid}`
  const retryUrl = `${base}/retry`
  const cancelUrl = `${base}/cancel`
  switch (step.kind) {
    case 'resume':
      ctx.status = 303
      return ctx.redirect(step.returnTo)
    case 'to-upstream':
      return show(ctx, attempt, 'upstream-away', { retryUrl, cancelUrl })
    case 'wait':
      return show(ctx, attempt, 'wait', { checkUrl: base })
    case 'retry':
      return show(ctx, attempt, retryPage(step.code), { retryUrl, cancelUrl })
    case 'stop':
      return show(ctx, attempt, step.code === 'proof.locked' ? 'proof-locked' : 'linked-elsewhere', { cancelUrl })
    case 'warn-call':
      return show(ctx, attempt, 'call-warning', {
        action: `${base}/continue`,
        csrf: binding.formToken(ctx, attempt.uid),
        cancelUrl,
      })
    case 'ask-consent':
      return show(ctx, attempt, 'consent', {
        action: `${base}/consent`,
        csrf: binding.formToken(ctx, attempt.uid),
        data: attempt.consent?.page.data ?? [],
        thirdParty: attempt.consent?.page.thirdParty === true,
        ...links(attempt.clientId),
      })
    case 'ask-person':
      return show(ctx, attempt, 'unresolved', { proveUrl: `${base}/prove`, newUrl: `${base}/new`, cancelUrl })
  }
}

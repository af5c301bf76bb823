import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { ErrorCode } from '#src/kernel/errors.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import type { Method } from '#src/rollout/allowed-methods.ts'
import { cancelUrlOf, pathOf, type StepPages } from './step-page.ts'

/** Where each way to log in begins. */
const WAYS: Readonly<Record<Method, string>> = { upstream: 'retry', password: 'password', passkey: 'passkey' }

type Trouble = NonNullable<PageModels['choose-method']['trouble']>

const TROUBLES: Readonly<Partial<Record<ErrorCode, Trouble>>> = {
  'upstream.denied': 'denied',
  'upstream.expired': 'expired',
  'upstream.invalid_response': 'invalid_response',
}

const troubleOf = ({ leg }: LoginAttempt): { trouble?: Trouble } =>
  leg.status === 'failed' ? { trouble: TROUBLES[leg.code] ?? 'unavailable' } : {}

/** The pages of the choice among ways to log in, and of there being none. */
export const CHOOSE_PAGES: StepPages<'choose-method' | 'not-offered'> = {
  'choose-method': async (ctx, attempt, { show, allowedFor, visitors }) => {
    const { methods, registration } = await allowedFor(attempt)
    const { lastMethod } = visitors.read(ctx)
    show(ctx, attempt, 'choose-method', {
      ways: methods.map(method => ({ method, href: `${pathOf(attempt)}/${WAYS[method]}` })),
      opensAccounts: registration === 'act',
      ...(lastMethod === undefined ? {} : { lastMethod }),
      ...troubleOf(attempt),
      cancelUrl: cancelUrlOf(attempt),
    })
  },
  'not-offered': (ctx, attempt, { show }) => show(ctx, attempt, 'not-offered', { cancelUrl: cancelUrlOf(attempt) }),
}

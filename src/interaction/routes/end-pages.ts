import { seeOther } from '#src/http/see-other.ts'
import type { ErrorCode } from '#src/kernel/errors.ts'
import { cancelUrlOf, type StepPages } from './step-page.ts'

const PAGES: Readonly<Partial<Record<ErrorCode, 'proof-locked' | 'linked-elsewhere' | 'refused'>>> = {
  'proof.locked': 'proof-locked',
  'link.owned_elsewhere': 'linked-elsewhere',
  'account.refused': 'refused',
}

/** The pages of a login that is over. */
export const END_PAGES: StepPages<'resume' | 'stop'> = {
  resume: (ctx, { returnTo }) => seeOther(ctx, returnTo),
  stop: (ctx, attempt, { show }) => {
    const page = (attempt.end?.kind === 'stopped' && PAGES[attempt.end.code]) || 'refused'
    show(ctx, attempt, page, { cancelUrl: cancelUrlOf(attempt) })
  },
}

import { redirect } from './journey.ts'
import { cancelUrlOf, type StepPages } from './step-page.ts'

/** The pages of a login that is over. */
export const END_PAGES: StepPages<'resume' | 'stop'> = {
  resume: (ctx, { returnTo }) => redirect(ctx, returnTo),
  stop: (ctx, attempt, { show }) => {
    const locked = attempt.end?.kind === 'stopped' && attempt.end.code === 'proof.locked'
    show(ctx, attempt, locked ? 'proof-locked' : 'linked-elsewhere', { cancelUrl: cancelUrlOf(attempt) })
  },
}

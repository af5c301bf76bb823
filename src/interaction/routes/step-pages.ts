import type { StepName } from '#src/interaction/next-step.ts'
import { ASK_PERSON_PAGES } from './ask-person-routes.ts'
import { CHOOSE_PAGES } from './choose-routes.ts'
import { CONSENT_PAGES } from './consent-routes.ts'
import { END_PAGES } from './end-pages.ts'
import { FOUND_PAGES } from './found-routes.ts'
import { CONNECT_PAGES } from './password-routes.ts'
import type { StepPages } from './step-page.ts'
import { UPSTREAM_PAGES } from './upstream-routes.ts'

/** What each step of the journey looks like; one that is missing does not compile. */
export const STEP_PAGES: StepPages<StepName> = {
  ...UPSTREAM_PAGES,
  ...CHOOSE_PAGES,
  ...ASK_PERSON_PAGES,
  ...FOUND_PAGES,
  ...CONSENT_PAGES,
  ...CONNECT_PAGES,
  ...END_PAGES,
}

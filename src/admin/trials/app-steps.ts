import { isBrowserApp, originsOf } from '#src/clients/browser-apps.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { Advice } from './advice.ts'

/** A step that the app itself takes, which a trial does not: as far as what is registered tells how it ends. */
export type AppStep = {
  /** `exchange`: a page of the app redeems its code, and reads the answer of PIAS. */
  readonly step: 'exchange'
  /** Where that page is. */
  readonly origin: string
  /** Why it does not work, and what to do; none where it does. */
  readonly problem?: Advice
}

/**
 * What the pages of an app without a server do after the login: browsers let them read the answer of PIAS if it names their
 * origin (Fetch, CORS protocol). Where people return to is taken for where those pages are. Nothing for other apps.
 */
export const appSteps = (app: ClientMetadata): readonly AppStep[] => {
  if (!isBrowserApp(app)) return []
  const allowed = new Set(app.pias_origins)
  return originsOf(app.redirect_uris).map(origin =>
    allowed.has(origin)
      ? { step: 'exchange', origin }
      : {
          step: 'exchange',
          origin,
          problem: {
            reason: 'the browser keeps the answer of PIAS from a page there: it is none of the origins of the app',
            fix: `add ${origin} to pias_origins; a native app says "application_type": "native"`,
          },
        },
  )
}

import type { BrowserContext } from 'playwright-core'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, type Tokens } from '#test/support/log-in.ts'
import { type AuthorizationRequest, createPlainRelyingParty } from '#test/support/relying-party.ts'
import type { AppPage } from '#test/support/start-app-page.ts'
import type { RunningPias } from '#test/support/start-pias.ts'
import { openTab } from './in-chromium.ts'

/** Where a tab is opened, and for which app. */
type Place = {
  readonly context: BrowserContext
  /** Whether pages may run scripts. */
  readonly script: boolean
  readonly app: AppPage
  readonly running: RunningPias
  readonly client: { readonly client_id: string; readonly client_secret: string }
}

/** A tab of a phone's browser in which somebody logs in to an app, with what a person does there. */
export const openPhoneTab = async ({ context, script, app, running, client }: Place) => {
  const tab = await openTab(context, script)
  const { page, press, isThere, look } = tab
  const party = createPlainRelyingParty({
    issuer: running.issuer,
    clientId: client.client_id,
    secret: client.client_secret,
    redirectUri: app.redirectUri,
  })
  return {
    page,
    press,
    /** Waits for the page with this heading. */
    isThere,
    /** The page is there, fits the phone, and can be used by everyone. */
    look,
    /** A page that is there again when it is loaded again. */
    lookTwice: async (title: string) => {
      await look(title)
      await page.reload()
      await isThere(title)
    },
    /** Asks the app to log in. */
    open: async (extra: Record<string, string> = {}) => {
      const request = party.authorize({ ui_locales: 'en', ...extra })
      await page.goto(request.url)
      return request
    },
    /** Is this persona, at itsme and nowhere else. */
    choose: async (persona: string) => {
      expect(new URL(page.url()).origin).toBe(running.simulator.origin)
      await tab.choosePersona(persona)
    },
    /** Is at the app with a code for this request; what is in the ID token. */
    arrive: async (request: AuthorizationRequest) => {
      const answer = await app.arrival(page)
      expect([answer.get('error'), answer.get('state')]).toEqual([null, request.state])
      const token = await party.redeem(createHttpBrowser(), page.url(), request)
      expect(token.status).toBe(200)
      return claimsOf(token.json<Tokens>().id_token)
    },
    /** Leaves by a link, which the app is told. */
    leave: async (name: string) => {
      await press('link', name)
      expect((await app.arrival(page)).get('error')).toBe('access_denied')
    },
  }
}

import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'

/** Logins of admins through PIAS, of personas of the simulator: at the API and at the console. */
export const createAdminLogins = ({ issuer, origin }: { issuer: string; origin: string }) => {
  const redirectUri = `${origin}/callback`
  const scope = `openid ${ADMIN_SCOPE}`
  const app = createPlainRelyingParty({ issuer, clientId: ADMIN_CLIENT, redirectUri, scope })

  return {
    /** A token for the API; somebody without a record is new. */
    token: async (
      persona: string,
      extra: Record<string, string> = {},
    ): Promise<{ token: string; accountId: string }> => {
      const browser = createHttpBrowser()
      const request = app.authorize({ resource: origin, ...extra })
      const begun = await browser.get(request.url)
      const atApp = (location: string) => location.startsWith(redirectUri)
      const answers = await browser.follow(asPersona(begun.location, persona), atApp)
      const code = URL.parse(answers.at(-1)?.location ?? '')?.searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, resource: origin }
      const answer = await app.token(browser, { ...form, code_verifier: request.verifier })
      if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`)
      const { access_token: token } = answer.json<{ access_token: string }>()
      const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
      return { token, accountId: sub }
    },

    /** A browser that is signed in at the console. */
    browser: async (persona: string): Promise<HttpBrowser> => {
      const browser = createHttpBrowser()
      const [, begun] = await browser.follow(`${origin}/`, location => !location.startsWith(issuer))
      const answers = await browser.follow(asPersona(begun?.location, persona))
      const last = answers.at(-1)
      // Somebody who is new to PIAS says so first.
      if (last?.body.includes('name="csrf"') && !last.body.includes('PIAS console')) {
        throw new Error(`the login ended at a page: ${last.body.slice(0, 500)}`)
      }
      return browser
    },
  }
}

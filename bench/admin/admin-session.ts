import { createAdmins } from '#src/admin/admins.ts'
import { createAdminLogins } from '#test/admin/admin-logins.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { openBeside, type RunningPlane } from './start-admin-plane.ts'

/** Somebody of the simulator whose records are in the base. */
const OWNER = 'lotte'
/** What the API's token and a fresh login are good for is five minutes. */
const GOOD_MS = 200_000

/** Who asks: a token for the API, a browser at the console, and what its forms carry. */
export type AdminSession = { readonly token: string; readonly browser: HttpBrowser; readonly csrf: string }

/** Makes somebody an owner and logs him in; `current` logs in again before the login is too old. */
export const openAdminSession = async ({ issuer, origin, env }: RunningPlane, directory: string) => {
  const logins = createAdminLogins({ issuer, origin })
  const { accountId } = await logins.token(OWNER)
  const beside = await openBeside(env, directory)
  const admins = createAdmins({ ...beside.store, clock: Date.now })
  if (!(await admins.bootstrap(accountId, await admins.prepareBootstrap('benchmark')))) throw new Error('no owner')
  await beside.store.close()

  let since = Number.NEGATIVE_INFINITY
  let session: AdminSession | undefined
  return {
    /** Logs in again the next time. */
    renew: (): void => {
      session = undefined
    },
    current: async (): Promise<AdminSession> => {
      if (session !== undefined && performance.now() - since < GOOD_MS) return session
      since = performance.now()
      const [{ token }, browser] = await Promise.all([logins.token(OWNER), logins.browser(OWNER)])
      const { body } = await browser.get(`${origin}/people`)
      const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(body) ?? []
      session = { token, browser, csrf }
      return session
    },
  }
}

import { createAdmins } from '#src/admin/admins.ts'
import type { Role } from '#src/admin/roles.ts'
import { createAdminLogins } from '#test/admin/admin-logins.ts'
import { type RunningAdmin, startAdmin } from '#test/admin/support.ts'
import type { Answer, HttpBrowser } from '#test/support/http-browser.ts'

/** A console with its first owner, and browsers of people who use it. */
export type RunningConsole = RunningAdmin & {
  /** A browser that is signed in as this persona. */
  signIn(persona: string): Promise<HttpBrowser>
  /** Sends a form of a page as a browser does: with all that is filled in already, over that what is given; says yes where it is asked. */
  submit(
    browser: HttpBrowser,
    page: string,
    action: string,
    filled?: Record<string, string | readonly string[]>,
  ): Promise<Answer>
  /** Gives roles to a persona, who has logged in before. */
  give(accountId: string, roles: readonly Role[]): Promise<void>
}

/** What is in a form already: hidden fields, and what is filled in. */
export const filledIn = (html: string, action: string): [string, string][] => {
  const form = html.split('<form ').find(part => part.includes(`action="${action}"`))
  if (form === undefined) throw new Error(`there is no form for ${action}`)
  const plain = (text: string) =>
    text
      .replaceAll('&#34;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
  const body = form.slice(0, form.indexOf('</form>'))
  const attribute = (tag: string, name: string) => plain(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
  const inputs = [...body.matchAll(/<input [^>]*>/g)]
    .map(([tag]) => tag)
    .filter(tag => !tag.includes('type="checkbox"') || / checked/.test(tag))
    .map((tag): [string, string] => [attribute(tag, 'name'), attribute(tag, 'value')])
  const areas = [...body.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)</g)].map(
    ([, name = '', value = '']): [string, string] => [name, plain(value)],
  )
  const selects = [...body.matchAll(/<select [^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs)].map(
    ([, name = '', options = '']): [string, string] => {
      const all = [...options.matchAll(/<option [^>]*>/g)].map(([tag]) => tag)
      return [name, attribute(all.find(tag => / selected/.test(tag)) ?? all[0] ?? '', 'value')]
    },
  )
  return [...inputs, ...areas, ...selects]
}

/** Whether a page asks about an act before it is done. */
export const isQuestion = ({ body }: Answer): boolean => body.includes('name="sure"')

/** @param options.clock of the node; `clients`: files beside that of the test app; `config`: the rest of it */
export const startConsole = async (
  options: { clock?: () => number; clients?: object[]; config?: object } = {},
): Promise<RunningConsole> => {
  const admin = await startAdmin(options)
  const { origin } = admin
  const { clock = Date.now } = options
  const admins = createAdmins({ ...admin.running.pias.store, clock })

  return {
    ...admin,
    signIn: createAdminLogins({ issuer: admin.running.issuer, origin }).browser,
    submit: async (browser, page, action, filled = {}) => {
      const { body } = await browser.get(`${origin}${page}`)
      const kept = filledIn(body, action).filter(([name]) => !(name in filled))
      const given = Object.entries(filled).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : value.map(one => [name, one]),
      )
      const send = (fields: [string, string][]) =>
        browser.send('POST', `${origin}${action}`, new URLSearchParams(fields).toString(), {
          'content-type': 'application/x-www-form-urlencoded',
          origin,
          'sec-fetch-site': 'same-origin',
        })
      const answer = await send([...kept, ...given])
      return isQuestion(answer) ? send(filledIn(answer.body, action)) : answer
    },
    give: async (accountId, roles) => {
      const { version } = await admins.list()
      await admins.setRoles({ accountId, roles, version, by: 'test', reason: 'a synthetic reason' })
    },
  }
}

/** Registers an app with the wizard of the console. @returns the path of its page */
export const registerApp = async (
  console: RunningConsole,
  browser: HttpBrowser,
  metadata: Record<string, unknown>,
): Promise<string> => {
  const whole = { client_name: `Synthetic ${metadata.client_id}`, ...metadata }
  const checked = await console.submit(browser, '/clients/new?preset=machine', '/clients/new', {
    client_name: whole.client_name,
    client_id: String(metadata.client_id),
    token_endpoint_auth_method: String(metadata.token_endpoint_auth_method ?? 'client_secret_basic'),
    more: JSON.stringify(metadata),
  })
  const hidden = Object.fromEntries(filledIn(checked.body, '/clients/new/create'))
  const made = await browser.post(`${console.origin}/clients/new/create`, hidden)
  if (made.status !== 200) throw new Error(`${made.status} ${made.body}`)
  return `/clients/${metadata.client_id}`
}

/** The first owner, by the one-time code, as its form takes it. */
export const becomeOwner = async (console: RunningConsole, persona: string): Promise<HttpBrowser> => {
  const admins = createAdmins({ ...console.running.pias.store, clock: Date.now })
  const code = await admins.prepareBootstrap('test')
  const browser = await console.signIn(persona)
  const answer = await console.submit(browser, '/', '/bootstrap', { code })
  if (answer.status !== 303) throw new Error(`no owner: ${answer.status} ${answer.body}`)
  return browser
}

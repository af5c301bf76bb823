import type { HttpBrowser } from '#test/support/http-browser.ts'
import type { Canaries } from './canaries.ts'
import type { Endpoint } from './endpoints.ts'

/** What forms and requests have for fields, of any endpoint. */
const FIELDS = [
  'csrf',
  'xsrf',
  'confirm',
  'decision',
  'customerId',
  'invoiceReference',
  'username',
  'password',
  'contact',
  'name',
  'email',
  'login',
  'client',
  'user_code',
  'token',
  'refresh_token',
  'code',
  'code_verifier',
  'client_id',
  'client_secret',
  'client_assertion',
  'state',
  'nonce',
  'login_hint',
  'id_token_hint',
  'redirect_uri',
  'scope',
  'post_logout_redirect_uri',
  'logout_hint',
  'access_token',
  'subject_token',
  'device_code',
  'pias_device_name',
  'claims',
  'request',
  'acr_values',
  'ui_locales',
  'lang',
  'error',
  'error_description',
  'iss',
]
const HEADERS = [
  'authorization',
  'dpop',
  'user-agent',
  'referer',
  'x-forwarded-for',
  'x-request-id',
  'origin',
  'cookie',
]

/**
 * A canary in each parameter of the path, of the address and of the form, in JSON and in each header, at every endpoint; as
 * nobody, and as each of these, who are known: somebody with a session, a client, an admin.
 */
export const driveEverywhere = async (
  { canary, browser }: Canaries,
  origin: string,
  endpoints: readonly Endpoint[],
  known: readonly { readonly browser?: HttpBrowser; readonly headers?: Record<string, string> }[],
): Promise<void> => {
  for (const { method, path } of endpoints) {
    const where = `${method} ${path}`
    const fields = FIELDS.map(name => [name, canary(`${name} of ${where}`)])
    const address = () => `${origin}${path.replaceAll(/:\w+|\{\w+\}/g, name => canary(`${name} of ${where}`))}`
    const accept = { accept: 'application/json' }
    for (const who of [{}, ...known]) {
      const by = who.browser ?? browser()
      const headers = who.headers ?? {}
      await by.send(method, `${address()}?${new URLSearchParams(fields)}`, undefined, headers)
      if (method === 'GET') continue
      const form = new URLSearchParams(fields).toString()
      await by.send(method, address(), form, { 'content-type': 'application/x-www-form-urlencoded', ...headers })
      const json = JSON.stringify({ ...Object.fromEntries(fields), reason: canary(`reason of ${where}`) })
      await by.send(method, address(), json, { 'content-type': 'application/json', ...accept, ...headers })
      await by.send(method, address(), `{"${canary(`broken JSON of ${where}`)}`, {
        'content-type': 'application/json',
        ...accept,
        ...headers,
      })
    }
    const marked = Object.fromEntries(HEADERS.map(name => [name, canary(`${name} of ${where}`)]))
    await browser().send(method, address(), undefined, { ...marked, ...accept })
    const { origin: _, ...here } = marked
    await browser().send(method, address(), undefined, here)
  }
}

import type { Answer, HttpBrowser } from './http-browser.ts'
import { asPersona } from './log-in.ts'
import type { RunningPias } from './start-pias.ts'

/** A TV app: it has no browser and keeps no secret (RFC 8628). */
export const TV_CLIENT = {
  client_id: 'test-tv',
  client_name: 'Synthetic TV',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  scope: 'openid profile customer offline_access',
}

/** What a device is told (RFC 8628, 3.2). */
export type DeviceAuthorization = {
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
  expires_in: number
  interval: number
}

type Running = Pick<RunningPias, 'issuer'>

const JSON_ONLY = { accept: 'application/json' }

/** Asks for a code; `more` is laid over the request. */
export const askForCode = (running: Running, browser: HttpBrowser, more: Record<string, string> = {}) => {
  const form = { client_id: TV_CLIENT.client_id, scope: TV_CLIENT.scope, ...more }
  return browser.post(`${running.issuer}/device/auth`, form, JSON_ONLY)
}

/** Polls once. */
export const poll = (running: Running, browser: HttpBrowser, deviceCode: string, clientId = TV_CLIENT.client_id) =>
  browser.post(
    `${running.issuer}/token`,
    { grant_type: TV_CLIENT.grant_types[0] as string, client_id: clientId, device_code: deviceCode },
    JSON_ONLY,
  )

/** The fields of the form on a page. */
export const fieldsOf = (page: Answer): Record<string, string> =>
  Object.fromEntries(
    [...page.body.matchAll(/<input[^>]*name="(\w+)"[^>]*?(?:value="([^"]*)")?[^>]*>/g)].map(([tag, name = '']) => [
      name,
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
    ]),
  )

/** Sends the form of a page with these fields over its own. */
export const submit = (running: Running, browser: HttpBrowser, page: Answer, fields: Record<string, string>) =>
  browser.post(`${running.issuer}/device`, { ...fieldsOf(page), ...fields })

/** Confirms the page that asks, and logs in as this persona where that is needed; the last page. */
export const confirm = async (
  running: Running,
  browser: HttpBrowser,
  page: Answer,
  persona: string,
): Promise<Answer | undefined> => {
  const answer = await submit(running, browser, page, { confirm: 'yes' })
  if (answer.location === undefined) return answer
  return (await browser.follow(asPersona(answer.location, persona))).at(-1)
}

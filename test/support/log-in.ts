import type { Answer, HttpBrowser } from './http-browser.ts'
import { type AuthorizationRequest, createPlainRelyingParty, type PlainRelyingParty } from './relying-party.ts'
import { type RunningPias, TEST_CLIENT } from './start-pias.ts'

/** Where the apps of the tests get their answers; nobody listens there. */
export const REDIRECT_URI = TEST_CLIENT.redirect_uris[0] as string

/** Whether the browser is back at the app. */
export const atApp = (location: string): boolean => location.startsWith(REDIRECT_URI)

/** {@link TEST_CLIENT}, or another client of the tests, at this PIAS. */
export const createTestApp = (
  running: Pick<RunningPias, 'issuer'>,
  client: { client_id: string; client_secret?: string } = TEST_CLIENT,
  scope = 'openid profile email phone address customer offline_access',
): PlainRelyingParty =>
  createPlainRelyingParty({
    issuer: running.issuer,
    clientId: client.client_id,
    ...(client.client_secret === undefined ? {} : { secret: client.client_secret }),
    redirectUri: REDIRECT_URI,
    scope,
  })

/** Puts the simulator's choice of a person into the address that PIAS sent the browser to. */
export const asPersona = (upstreamUrl: string | undefined, persona: string): string => {
  const url = new URL(upstreamUrl ?? 'none:')
  url.searchParams.set('persona', persona)
  return url.href
}

/** Goes to the app's login and through the simulator as this persona, up to PIAS's callback, which is not called yet. */
export const toCallback = async (browser: HttpBrowser, url: string, persona: string): Promise<string> => {
  const begun = await browser.get(url)
  const approved = await browser.get(asPersona(begun.location, persona))
  if (approved.location === undefined) throw new Error(`the simulator answered ${approved.status}`)
  return approved.location
}

/** Sends the browser through a login until it is back at the app or looks at a page; every answer on the way. */
export const logIn = async (browser: HttpBrowser, url: string, persona: string): Promise<Answer[]> => {
  const begun = await browser.get(url)
  return [begun, ...(await browser.follow(asPersona(begun.location, persona), atApp))]
}

/** What the app got: the parameters of the redirect, empty when the browser is elsewhere. */
export const appAnswer = (answer: Answer | undefined): Record<string, string> => {
  const location = answer?.location ?? ''
  return atApp(location) ? Object.fromEntries(new URL(location).searchParams) : {}
}

/** What the token endpoint answers. */
export type Tokens = { access_token: string; id_token: string; refresh_token: string; error?: string }

/** Redeems the code that the last answer brought; fails when there is none or the answer is not 200. */
export const redeem = async (
  app: PlainRelyingParty,
  browser: HttpBrowser,
  answers: readonly Answer[],
  request: AuthorizationRequest,
): Promise<Tokens> => {
  const token = await app.redeem(browser, answers.at(-1)?.location ?? '', request)
  if (token.status !== 200) throw new Error(`the token endpoint answered ${token.status} ${token.body}`)
  return token.json<Tokens>()
}

/** The claims of a JWT, not verified. */
export const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'))

/** The claims at userinfo, or what it answers instead. */
export const userinfo = (running: Pick<RunningPias, 'issuer'>, browser: HttpBrowser, accessToken: string) =>
  browser.get(`${running.issuer}/me`, { accept: 'application/json', authorization: `Bearer ${accessToken}` })

/** Goes back to the app from a page of a login, by its link; the app's answer. */
export const leave = async (
  { issuer }: Pick<RunningPias, 'issuer'>,
  browser: HttpBrowser,
  page: Answer | undefined,
): Promise<Answer | undefined> => {
  const path = /href="(\/interaction\/[\w-]+\/cancel)"/.exec(page?.body ?? '')?.[1]
  if (path === undefined) throw new Error(`there is no way back to the app: ${page?.status} ${page?.location}`)
  return (await browser.follow(`${issuer}${path}`, atApp)).at(-1)
}

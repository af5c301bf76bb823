import { randomUUID } from 'node:crypto'
import { type Answer, createHttpBrowser, type HttpBrowser } from './http-browser.ts'
import { appAnswer, asPersona, atApp, claimsOf, REDIRECT_URI } from './log-in.ts'
import type { RunningPias } from './start-pias.ts'
import { csrfOf } from './uncertain.ts'

/** A client as the conformance plans have it: no PKCE, whatever parameters the module says. The secret is synthetic. */
export type SuiteClient = { client_id: string; client_secret: string; redirect_uris: string[]; scope: string }

/** One login of a conformance module, up to what the token endpoint answered. */
export type Login = {
  browser: HttpBrowser
  request: URLSearchParams
  answers: Answer[]
  /** What came back to the app. */
  callback: Record<string, string>
}

export type Tokens = {
  access_token: string
  id_token: string
  refresh_token?: string
  token_type: string
  error?: string
  scope?: string
  expires_in: number
}

/** How many times the browser was sent upstream. */
export const legsOf = (running: RunningPias, { answers }: Pick<Login, 'answers'>): number =>
  answers.filter(({ location }) => location?.startsWith(running.simulator.issuer)).length

/** Drives the checks of a plan as the suite's browser and client would, by plain HTTP. */
export const createSuite = (running: () => RunningPias, client: SuiteClient, persona = 'lotte') => {
  const redirectUri = client.redirect_uris[0] ?? REDIRECT_URI
  const basic = (): string =>
    `Basic ${Buffer.from(`${client.client_id}:${encodeURIComponent(client.client_secret)}`).toString('base64')}`

  const request = (more: Record<string, string | undefined> = {}): URLSearchParams => {
    const parameters = {
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: randomUUID(),
      nonce: randomUUID(),
      ...more,
    }
    return new URLSearchParams(
      Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined),
    )
  }

  /** From the first answer of `/auth` on, upstream and back, until the browser is at the app or looks at a page. */
  const goOn = async (browser: HttpBrowser, begun: Answer): Promise<Answer[]> => {
    const { location } = begun
    if (location === undefined || atApp(location)) return [begun]
    const next = location.startsWith(running().simulator.issuer) ? asPersona(location, persona) : location
    return [begun, ...(await browser.follow(next, atApp))]
  }

  /** Presses "allow" where a page asks for it, as the suite's browser is told to. */
  const consent = async (browser: HttpBrowser, answers: Answer[]): Promise<Answer[]> => {
    const page = answers.at(-1)
    const [, path] = /action="(\/interaction\/[\w-]+\/consent)"/.exec(page?.body ?? '') ?? []
    if (page === undefined || path === undefined) return answers
    const posted = await browser.post(`${running().issuer}${path}`, { csrf: csrfOf(page), decision: 'allow' })
    return [...answers, posted, ...(await browser.follow(posted.location ?? '', atApp))]
  }

  const authorize = async (
    more: Record<string, string | undefined> = {},
    browser: HttpBrowser = createHttpBrowser(),
  ): Promise<Login> => {
    const parameters = request(more)
    const begun = await browser.get(`${running().issuer}/auth?${parameters}`)
    const answers = await consent(browser, await goOn(browser, begun))
    return { browser, request: parameters, answers, callback: appAnswer(answers.at(-1)) }
  }

  const token = (form: Record<string, string>, authorization: string = basic()): Promise<Answer> =>
    createHttpBrowser().post(`${running().issuer}/token`, form, { accept: 'application/json', authorization })

  const exchange = (code: string | undefined): Promise<Answer> =>
    token({ grant_type: 'authorization_code', code: code ?? '', redirect_uri: redirectUri })

  const tokensOf = async ({ callback }: Pick<Login, 'callback'>): Promise<Tokens> => {
    const answer = await exchange(callback.code)
    if (answer.status !== 200) throw new Error(`the token endpoint answered ${answer.status} ${answer.body}`)
    return answer.json<Tokens>()
  }

  /** A whole login, with the claims of its ID token. */
  const logIn = async (more: Record<string, string | undefined> = {}, browser?: HttpBrowser) => {
    const login = await authorize(more, browser)
    const tokens = await tokensOf(login)
    return { ...login, tokens, claims: claimsOf(tokens.id_token) }
  }

  return { request, goOn, authorize, token, exchange, tokensOf, logIn, basic }
}

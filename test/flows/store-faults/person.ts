import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, claimsOf, createTestApp, REDIRECT_URI, userinfo } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import type { AuthorizationRequest } from '#test/support/relying-party.ts'
import { type RunningPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** An app whose refresh tokens rotate, so that each may be spent once. */
export const ROTATING_CLIENT = {
  client_id: 'rotating-app',
  client_name: 'Synthetic app with rotating tokens',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT_URI],
  scope: TEST_CLIENT.scope,
}

/**
 * What the app was given once and may spend once: a code or a refresh token. `given` are the refresh tokens it was spent
 * for: an answer that may have been lost is given again, but never another one (ADR 0027).
 */
type Spendable = { readonly spend: () => Promise<Answer>; readonly given: Set<string>; sent: number }

/** Whether an answer says what to do next; anything that fails otherwise is a fault of PIAS. */
export const isClear = (answer: Answer): boolean => {
  if (atApp(answer.location ?? '')) return appAnswer(answer).error === 'temporarily_unavailable'
  const error = /^application\/(problem\+)?json/.test(String(answer.headers['content-type']))
    ? answer.json().error
    : undefined
  if (answer.status === 503) {
    const isSaid = error === 'temporarily_unavailable' || isOwnPage(answer)
    return isSaid && Number(answer.headers['retry-after']) > 0
  }
  if (error !== undefined) return answer.status === 400 && error === 'invalid_grant'
  return answer.status < 500 && isOwnPage(answer)
}

/** A person with an app, who goes through whole logins and keeps account of all that PIAS acknowledged. */
export const createPerson = (running: RunningPias, persona: string) => {
  const app = createTestApp(running, ROTATING_CLIENT)
  const spendables: Spendable[] = []
  const unclear: string[] = []
  const subs = new Set<string>()
  let newest: Spendable | undefined

  const stop = (answer: Answer | undefined): false => {
    if (answer === undefined || isClear(answer)) return false
    unclear.push(`${answer.status} ${answer.location ?? answer.body.slice(0, 400)}`)
    return false
  }

  /** Spends it, `times` times at once. @returns the answer that won, if any */
  const spend = async (spendable: Spendable, times = 1): Promise<Answer | undefined> => {
    const answers = await Promise.all(Array.from({ length: times }, spendable.spend))
    const winners = answers.filter(({ status }) => status === 200)
    spendable.sent += times
    for (const winner of winners) spendable.given.add(winner.json<{ refresh_token: string }>().refresh_token)
    for (const answer of answers) if (!winners.includes(answer)) stop(answer)
    const tokens = winners[0]?.json<{ id_token?: string; refresh_token: string }>()
    if (tokens === undefined) return undefined
    if (tokens.id_token !== undefined) subs.add(String(claimsOf(tokens.id_token).sub))
    newest = keep(browser => app.token(browser, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }))
    return winners[0]
  }

  const keep = (send: (browser: HttpBrowser) => Promise<Answer>): Spendable => {
    const spendable = { spend: () => send(createHttpBrowser()), given: new Set<string>(), sent: 0 }
    spendables.push(spendable)
    return spendable
  }

  const useTokens = async (code: Spendable, times: number): Promise<boolean> => {
    if ((await spend(code, times)) === undefined || newest === undefined) return false
    const tokens = await spend(newest, times)
    if (tokens === undefined) return false
    const answer = await userinfo(running, createHttpBrowser(), tokens.json<{ access_token: string }>().access_token)
    return answer.status === 200 || stop(answer)
  }

  /** From the app through PIAS and itsme back to the app. @returns the answer that brought a code */
  const reachApp = async (browser: HttpBrowser, request: AuthorizationRequest): Promise<Answer | undefined> => {
    const begun = await browser.get(request.url)
    if (begun.location === undefined || atApp(begun.location)) return void stop(begun)
    const last = (await browser.follow(asPersona(begun.location, persona), atApp)).at(-1)
    if (appAnswer(last).code === undefined) return void stop(last)
    return last
  }

  return {
    /** Answers that leave people or apps without a word. */
    unclear: unclear as readonly string[],
    /** The accounts that ID tokens named. */
    subs: subs as ReadonlySet<string>,
    /**
     * A whole login: authorization, itsme, linking, tokens, refresh, claims.
     * @param times how often the app sends each code and refresh token, all at once
     * @returns whether it was completed
     */
    logIn: async (times = 1): Promise<boolean> => {
      const browser = createHttpBrowser()
      const request = app.authorize()
      const answer = await reachApp(browser, request)
      if (answer?.location === undefined) return false
      const { location } = answer
      return useTokens(
        keep(other => app.redeem(other, location, request)),
        times,
      )
    },
    /** Uses the refresh token that came last and was never sent; true when there is none. */
    refreshUnsent: async (): Promise<boolean> =>
      newest === undefined || newest.sent > 0 || (await spend(newest)) !== undefined,
    /** Sends every code and refresh token once more. @returns for how many different tokens each was taken over all */
    replayAll: async (): Promise<number[]> => {
      for (const spendable of [...spendables]) await spend(spendable)
      return spendables.map(({ given }) => given.size)
    },
  }
}

export type Person = ReturnType<typeof createPerson>

import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import { unexpected } from './provider.ts'
import type { RelyingParty, Tokens } from './relying-party.ts'

/** One finished operation; `requests` counts those to the server under test. */
export type Operation = { readonly requests: number; readonly milliseconds: number }
/** A finished login, the token request included; `jar` is its browser. */
export type Login = Operation &
  Tokens & { readonly persona: number; readonly jar: CookieJar; readonly sawUpstream: boolean }
/** `jar` is the browser's; without one the browser is new. */
export type RunLogin = (http: HttpClient, persona: number, jar?: CookieJar) => Promise<Login>

const MAX_REDIRECTS = 12

/**
 * Creates `login(persona)`: a browser goes from the relying party's authorization request to a verified ID token,
 * following redirects by hand. At the upstream it picks the synthetic person by adding `persona` to the URL.
 * Any page on the way is a failure: a known customer's login shows none.
 */
export const createLogin = (relyingParty: RelyingParty, upstreamOrigin: string): RunLogin => {
  const isOwn = (url: URL): boolean => url.origin === relyingParty.origin

  const redirectTarget = (answer: HttpAnswer, url: URL): URL => {
    const { location } = answer.headers
    if (location === undefined || (answer.status !== 302 && answer.status !== 303)) {
      throw unexpected(`login at ${url.pathname}`, answer)
    }
    return new URL(location, url)
  }

  const visitOwn = async (http: HttpClient, jar: CookieJar, url: URL): Promise<URL> => {
    const cookie = jar.header(url.pathname)
    const answer = await http.send(url, { headers: cookie ? { cookie } : {} })
    jar.store(answer.headers['set-cookie'] ?? [], url.pathname)
    return redirectTarget(answer, url)
  }

  const visitUpstream = async (http: HttpClient, persona: number, url: URL): Promise<URL> => {
    if (url.origin !== upstreamOrigin) throw new Error(`login: redirected to a stranger, ${url.href}`)
    url.searchParams.set('persona', String(persona))
    return redirectTarget(await http.send(url), url)
  }

  return async (http, persona, jar = createCookieJar()) => {
    const started = performance.now()
    const authorization = relyingParty.authorize()
    const visited: URL[] = []
    let url = authorization.url
    while (!url.href.startsWith(relyingParty.redirectUri)) {
      if (visited.length === MAX_REDIRECTS) throw new Error(`login: no end of redirects at ${url.href}`)
      visited.push(url)
      url = await (isOwn(url) ? visitOwn(http, jar, url) : visitUpstream(http, persona, url))
    }
    const tokens = await relyingParty.redeem(http, authorization, url)
    const own = visited.filter(isOwn).length
    const milliseconds = performance.now() - started
    return { ...tokens, persona, jar, requests: own + 1, milliseconds, sawUpstream: own < visited.length }
  }
}

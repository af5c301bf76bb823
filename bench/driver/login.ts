import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import { type RelyingParty, type Target, type Tokens, unexpected } from './relying-party.ts'

/** A finished login; `requests` counts those to the server under test, the token request included. */
export type Login = Tokens & { readonly persona: number; readonly requests: number; readonly milliseconds: number }

const MAX_REDIRECTS = 12

/**
 * Creates `login(persona)`: a new browser goes from the relying party's authorization request to a verified ID token,
 * following redirects by hand. At the upstream it picks the synthetic person by adding `persona` to the URL.
 * Any page on the way is a failure: a known customer's login shows none.
 */
export const createLogin = (deps: { target: Target; upstreamOrigin: string; relyingParty: RelyingParty }) => {
  const { target, upstreamOrigin, relyingParty } = deps
  const { origin } = new URL(target.issuer)
  const isOwn = (url: URL): boolean => url.origin === origin

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

  return async (http: HttpClient, persona: number): Promise<Login> => {
    const started = performance.now()
    const authorization = relyingParty.authorize()
    const jar = createCookieJar()
    const visited: URL[] = []
    let url = authorization.url
    while (!url.href.startsWith(target.redirectUri)) {
      if (visited.length === MAX_REDIRECTS) throw new Error(`login: no end of redirects at ${url.href}`)
      visited.push(url)
      url = await (isOwn(url) ? visitOwn(http, jar, url) : visitUpstream(http, persona, url))
    }
    const tokens = await relyingParty.redeem(http, authorization, url)
    const requests = visited.filter(isOwn).length + 1
    return { ...tokens, persona, requests, milliseconds: performance.now() - started }
  }
}

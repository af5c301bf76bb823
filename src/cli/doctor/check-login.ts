import type { Config } from '#src/config/schema.ts'
import { ACCOUNT_PATH } from '#src/self-service/account-client.ts'
import { cookieFault } from './cookie-fault.ts'
import { type Check, type Finding, fine, wrong } from './finding.ts'
import { discoveryOf, readJson, TIMEOUT_MS } from './read-json.ts'

/** A login begins within fewer redirects. */
const MAX_STEPS = 5

/** What came on the way of a login that was begun: where it was left, and the cookies as a browser gets them. */
type Begun = {
  readonly status: number
  /** Where the last answer sends the browser. */
  readonly to?: URL
  readonly cookies: readonly string[]
}

/** Begins a login at the pages that every node has, as a browser does, up to a page or away from the issuer. */
const begin = async (issuer: string): Promise<Begun> => {
  const cookies: string[] = []
  let at = new URL(ACCOUNT_PATH, issuer)
  for (let step = 0; ; step++) {
    const cookie = cookies.map(header => header.split(';')[0]).join('; ')
    const answer = await fetch(at, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'text/html', ...(cookie !== '' && { cookie }) },
    })
    await answer.body?.cancel()
    cookies.push(...answer.headers.getSetCookie())
    const location = answer.headers.get('location')
    if (location === null) return { status: answer.status, cookies }
    const to = new URL(location, at)
    if (to.origin !== issuer || step === MAX_STEPS) return { status: answer.status, to, cookies }
    at = to
  }
}

/** Where upstreams ask people to log in; of one that does not answer its issuer alone. */
const upstreamOrigins = async (upstreams: Config['upstreams']): Promise<ReadonlySet<string>> => {
  const origins = Object.values(upstreams).map(async ({ issuer }) => {
    const { json } = await readJson(discoveryOf(issuer)).catch(() => ({ json: {} as Record<string, unknown> }))
    const endpoint = URL.parse(`${json.authorization_endpoint}`)
    return [new URL(issuer).origin, ...(endpoint === null ? [] : [endpoint.origin])]
  })
  return new Set((await Promise.all(origins)).flat())
}

const checkRedirects = ({ status, to }: Begun, issuer: string, upstreams: ReadonlySet<string>): Finding => {
  if (to === undefined) {
    return status === 200
      ? fine('leads to a page')
      : wrong(`answers ${status}`, 'fix what is wrong at the issuer first; then look at the log')
  }
  if (to.origin === issuer) return wrong('goes round in circles', 'let the proxy pass paths and cookies on unchanged')
  if (!upstreams.has(to.origin))
    return wrong(
      `leads to ${to.origin}`,
      'let the proxy pass Location on unchanged, or start the nodes with this configuration',
    )
  const back = to.searchParams.get('redirect_uri')
  return back === null || back.startsWith(`${issuer}/`)
    ? fine(`leads to ${to.origin}`)
    : wrong(`would come back to ${new URL(back).origin}`, 'set PIAS_ISSUER to what the proxy serves')
}

const checkCookies = ({ cookies }: Begun, https: boolean): Finding => {
  const [fault] = cookies.flatMap(header => cookieFault(header, { https }) ?? [])
  if (fault !== undefined) return wrong(fault, 'let the proxy pass Set-Cookie on unchanged')
  return cookies.length > 0
    ? fine(https ? 'Secure, HttpOnly, SameSite, of this host alone' : 'HttpOnly, SameSite, of this host alone')
    : wrong('none arrives', 'let the proxy pass Set-Cookie on, and cache no answer')
}

/** Begins one login, which nobody ends: whether its redirects and cookies arrive as a node sent them. */
export const checkLogin = ({ issuer, upstreams }: Pick<Config, 'issuer' | 'upstreams'>): readonly Check[] => {
  let begun: Promise<Begun> | undefined
  const once = (): Promise<Begun> => {
    begun ??= begin(issuer)
    return begun
  }
  return [
    {
      what: 'redirects of a login',
      run: async () => checkRedirects(await once(), issuer, await upstreamOrigins(upstreams)),
    },
    { what: 'cookies of a login', run: async () => checkCookies(await once(), issuer.startsWith('https:')) },
  ]
}

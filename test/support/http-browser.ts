import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** A cookie as the server set it; attribute names in lower case, `true` for those without a value. */
export type SetCookie = { name: string; value: string; attributes: Record<string, string | true> }

/** One answer; redirects are never followed by themselves. `location` is absolute. */
export type Answer = {
  status: number
  headers: IncomingHttpHeaders
  body: string
  location: string | undefined
  setCookies: SetCookie[]
  json<T = Record<string, unknown>>(): T
}

type Jar = Map<string, { cookie: SetCookie; path: string; host: string; secure: boolean }>

const parseSetCookie = (header: string): SetCookie => {
  const [pair = '', ...rest] = header.split(';')
  const equals = pair.indexOf('=')
  const attributes: SetCookie['attributes'] = {}
  for (const part of rest) {
    const [name = '', value] = part.trim().split('=')
    attributes[name.toLowerCase()] = value ?? true
  }
  return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1), attributes }
}

const store = (jar: Jar, url: URL, cookie: SetCookie): void => {
  const path = typeof cookie.attributes.path === 'string' ? cookie.attributes.path : '/'
  const key = `${url.hostname} ${path} ${cookie.name}`
  const expires = cookie.attributes.expires
  const gone =
    cookie.attributes['max-age'] === '0' || (typeof expires === 'string' && Date.parse(expires) <= Date.now())
  if (gone) jar.delete(key)
  else jar.set(key, { cookie, path, host: url.hostname, secure: cookie.attributes.secure === true })
}

const cookieHeader = (jar: Jar, url: URL): string =>
  [...jar.values()]
    .filter(({ host }) => host === url.hostname)
    .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    .filter(({ secure }) => !secure || url.protocol === 'https:')
    .map(({ cookie }) => `${cookie.name}=${cookie.value}`)
    .join('; ')

/** A browser without a screen: a cookie jar over Node's own HTTP, with every header and redirect in the open. */
export type HttpBrowser = {
  get(url: string, headers?: Record<string, string>): Promise<Answer>
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
  /** Any request, with the cookies of this browser. */
  send(method: string, url: string, body: string | undefined, headers: Record<string, string>): Promise<Answer>
  /** Follows redirects by GET until an answer has none or `until` says so; returns every answer on the way. */
  follow(url: string, until?: (location: string) => boolean): Promise<Answer[]>
  /** The same cookies in another browser object, to be used at the same time. */
  fork(): HttpBrowser
}

/** @param options.ca the certificate authority to trust, in PEM */
export const createHttpBrowser = (options: { ca?: string } = {}, jar: Jar = new Map()): HttpBrowser => {
  const send = (method: string, address: string, body: string | undefined, headers: Record<string, string>) =>
    new Promise<Answer>((resolve, reject) => {
      const url = new URL(address)
      const cookies = cookieHeader(jar, url)
      const request = url.protocol === 'https:' ? httpsRequest : httpRequest
      const outgoing = request(
        url,
        {
          method,
          headers: { accept: 'text/html', ...(cookies === '' ? {} : { cookie: cookies }), ...headers },
          ...(options.ca === undefined ? {} : { ca: options.ca }),
        },
        incoming => {
          const chunks: Buffer[] = []
          incoming.on('data', chunk => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const setCookies = (incoming.headers['set-cookie'] ?? []).map(parseSetCookie)
            for (const cookie of setCookies) store(jar, url, cookie)
            const text = Buffer.concat(chunks).toString('utf8')
            const { location } = incoming.headers
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: text,
              location: location === undefined ? undefined : new URL(location, url).href,
              setCookies,
              json: () => JSON.parse(text),
            })
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })

  const browser: HttpBrowser = {
    send,
    get: (url, headers = {}) => send('GET', url, undefined, headers),
    post: (url, form, headers = {}) =>
      send('POST', url, new URLSearchParams(form).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      }),
    follow: async (url, until = () => false) => {
      const answers: Answer[] = []
      let next: string | undefined = url
      while (next !== undefined && answers.length < 20) {
        const answer: Answer = await browser.get(next)
        answers.push(answer)
        next = answer.location === undefined || until(answer.location) ? undefined : answer.location
      }
      return answers
    },
    fork: () => createHttpBrowser(options, new Map(jar)),
  }
  return browser
}

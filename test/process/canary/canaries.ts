import { randomBytes } from 'node:crypto'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'

/** An answer with the request it is of. */
export type Seen = Answer & { readonly method: string; readonly url: string }

/** Marked values and what was answered to them. */
export type Canaries = {
  /** How many values are looked for. */
  size(): number
  readonly answers: readonly Seen[]
  /** Looks for a value from now on; one that is too short to be told from others is left out. @returns the value */
  keep(what: string, value: unknown, shortest?: number): string
  /** A value of its own for each place in a request. */
  canary(what: string): string
  /** What is known of a persona at itsme and in the customer base, in every form it may be written. */
  keepPerson(persona: string): void
  /** A browser whose answers are looked at in the end, and whose cookies are secrets. */
  browser(): HttpBrowser
  /** Which of the values are in a text, as they are or as an address has them. */
  found(text: string, isOf?: (what: string) => boolean): string[]
}

export const createCanaries = (): Canaries => {
  /** By what it is. */
  const secrets = new Map<string, string>()
  const answers: Seen[] = []
  let made = 0

  const keep: Canaries['keep'] = (what, value, shortest = 8) => {
    if (typeof value === 'string' && value.length >= shortest) secrets.set(value, what)
    return String(value ?? '')
  }

  /** A browser whose answers are kept, with the cookies in them. */
  const watched = (plain: HttpBrowser): HttpBrowser => {
    const send: HttpBrowser['send'] = async (...request) => {
      const answer = await plain.send(...request)
      answers.push({ ...answer, method: request[0], url: request[1] })
      for (const { name, value } of answer.setCookies) {
        keep(/^pias_(int|res)$/.test(name) ? 'interaction' : `cookie ${name}`, value)
      }
      return answer
    }
    const get: HttpBrowser['get'] = (url, headers = {}) => send('GET', url, undefined, headers)
    const post: HttpBrowser['post'] = (url, form, headers = {}) =>
      send('POST', url, new URLSearchParams(form).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      })
    const follow: HttpBrowser['follow'] = async (url, until = () => false) => {
      const seen = [await get(url)]
      while (seen.length < 20) {
        const next = seen.at(-1)?.location
        if (next === undefined || until(next)) return seen
        seen.push(await get(next))
      }
      return seen
    }
    return { send, get, post, follow, fork: plain.fork }
  }

  return {
    answers,
    size: () => secrets.size,
    keep,
    canary: what => keep(`canary in ${what}`, `canary${++made}x${randomBytes(12).toString('hex')}`),
    keepPerson: persona => {
      const claims = loadPersonas().find(({ id }) => id === persona)?.claims ?? {}
      const walk = (name: string, value: unknown): void => {
        if (typeof value === 'object' && value !== null)
          for (const [key, inner] of Object.entries(value)) walk(key, inner)
        else if (!/gender|locale|Type|Country|verified/.test(name)) keep(`${name} of ${persona}`, value, 5)
      }
      for (const [name, value] of Object.entries(claims)) walk(name, value)
      const phone = String(claims.phone_number).replaceAll(' ', '')
      for (const form of [phone, phone.slice(1), phone.replace('+32', '0')]) keep(`phone of ${persona}`, form)
      keep(`birth date of ${persona}`, String(claims.birthdate).replaceAll('-', ''))
    },
    browser: () => watched(createHttpBrowser()),
    found: (text, isOf = () => true) =>
      [...secrets]
        .filter(([value, what]) => isOf(what) && (text.includes(value) || text.includes(encodeURIComponent(value))))
        .map(
          ([value, what]) => `${what}: …${text.slice(Math.max(0, text.indexOf(value) - 80), text.indexOf(value) + 40)}`,
        ),
  }
}

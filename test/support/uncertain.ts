import { type Answer, createHttpBrowser, type HttpBrowser } from './http-browser.ts'
import { createTestApp, logIn } from './log-in.ts'
import type { AuthorizationRequest, PlainRelyingParty } from './relying-party.ts'
import type { RunningPias } from './start-pias.ts'

/** Somebody whom PIAS could not be certain of, before the question. */
export type UncertainPerson = {
  readonly app: PlainRelyingParty
  readonly browser: HttpBrowser
  readonly request: AuthorizationRequest
  readonly answers: readonly Answer[]
  /** The page that asks. */
  readonly page: Answer
  readonly uid: string
  /** Address of a page of this attempt, such as `/prove`. */
  url(path?: string): string
  /** The token of a form on one of the pages. */
  formToken(path: string): Promise<string>
  /** Sends the proof's form, with its token. */
  prove(customerId: string, invoiceReference: string): Promise<Answer>
  /** Clicks "create my account". */
  openAccount(): Promise<Answer>
}

/** The value of the hidden field that each form carries. */
export const csrfOf = (page: Answer): string => /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''

/** After a proof: links all that was found. Any other answer is left as it is. */
export const linkAllFound = async (browser: HttpBrowser, answer: Answer): Promise<Answer> => {
  // The app is not there to be asked.
  const isOurs = answer.location !== undefined && /\/interaction\/[\w-]+$/.test(answer.location)
  const page = isOurs ? await browser.get(answer.location ?? '') : undefined
  const records = [...(page?.body.matchAll(/name="record" value="([^"]+)"/g) ?? [])].map(([, key]) => key ?? '')
  if (page === undefined || records.length === 0) return answer
  const form = new URLSearchParams([
    ['csrf', csrfOf(page)],
    ['decision', 'link'],
    ...records.map(key => ['record', key]),
  ])
  return browser.send('POST', `${answer.location}/found`, form.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  })
}

/** Logs a persona in as far as the question, in a browser of its own. */
export const meetUncertain = async (
  running: RunningPias,
  persona: string,
  extra: Record<string, string> = {},
): Promise<UncertainPerson> => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize(extra)
  const answers = await logIn(browser, request.url, persona)
  const page = answers.at(-1) as Answer
  const uid = /\/interaction\/([\w-]+)\/prove"/.exec(page.body)?.[1] ?? ''
  if (uid === '') throw new Error(`${persona} was not asked: ${page.status} ${page.location}`)
  const url = (path = '') => `${running.issuer}/interaction/${uid}${path}`
  const formToken = async (path: string) => csrfOf(await browser.get(url(path)))
  return {
    app,
    browser,
    request,
    answers,
    page,
    uid,
    url,
    formToken,
    prove: async (customerId, invoiceReference) => {
      const csrf = await formToken('/prove')
      const answer = await browser.post(url('/prove'), { csrf, customerId, invoiceReference })
      return linkAllFound(browser, answer)
    },
    openAccount: async () => browser.post(url('/new'), { csrf: await formToken('/new') }),
  }
}

/** A page with what must differ from one attempt to the next made equal: ids, form tokens, references, the date. */
export const comparable = ({ status, headers, body }: Answer, typed: readonly string[] = []) => {
  const { date: _date, 'x-request-id': _reference, ...rest } = headers
  const text = body
    .replaceAll(/\/interaction\/[\w-]+/g, '/interaction/UID')
    .replaceAll(/name="csrf" value="[^"]+"/g, 'name="csrf" value="TOKEN"')
    .replaceAll(/<code translate="no">\w+<\/code>/g, '<code>REFERENCE</code>')
  if (typed.length === 0) return { status, headers: rest, body: text }
  // What was typed is shown again; its length shows in the page's.
  const { 'content-length': _length, ...others } = rest
  const shown = typed.reduce((page, value) => page.replaceAll(`value="${value}"`, 'value="TYPED"'), text)
  return { status, headers: others, body: shown }
}

import type { BrowserContext } from 'playwright-core'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium, listenForComplaints, PHONE } from './in-chromium.ts'
import { openPhoneTab } from './phone-tab.ts'

/**
 * What goes wrong between a person, a phone and itsme: a caller who tells people what to do, an itsme that is down, slow or
 * wrong, the back button, reloads, impatient fingers, several tabs; and an app that asks for more than a session is good
 * for. With JavaScript, and what matters most without.
 */
const ADVANCED = 'urn:pias:acr:advanced'
const START_AT = 'https://shop.example/login'
const CLIENT = {
  ...TEST_CLIENT,
  client_id: 'trouble-app',
  client_name: 'Synthetic shop',
  initiate_login_uri: START_AT,
}
const TIMEOUTS = { upstreams: { itsme: { timeouts: { callMs: 1500, totalMs: 3000 } } } }

const WARNING = 'Are you on the phone right now?'
const QUESTION = 'Are you already our customer?'
const NEW_ACCOUNT = 'Your new account'
const FINISHED = 'This login is already complete'
const UNAVAILABLE = 'itsme is not answering just now'
const INVALID = 'Something went wrong with itsme'
const EXPIRED = 'Your confirmation has expired'

const place = inChromium()

const start = (clock = Date.now) =>
  startPias({ clock, config: TIMEOUTS, clients: [{ ...CLIENT, redirect_uris: [place.app.redirectUri] }] })

const simulate = async ({ simulator }: RunningPias, action: string, body: object) => {
  const answer = await fetch(`${simulator.origin}/_sim/${action}`, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_where, script) => {
  let running: RunningPias
  let context: BrowserContext
  /** Addresses of our pages that were shown. */
  let shown: string[]
  /** Failures of a server, and what the console complained about. */
  let complaints: string[]
  beforeAll(async () => {
    running = await start()
  })
  afterAll(() => running.close())
  beforeEach(async () => {
    shown = []
    context = await place.browser.newContext({
      ...PHONE,
      locale: 'en-GB',
      colorScheme: script ? 'light' : 'dark',
    })
    context.setDefaultTimeout(10_000)
    complaints = listenForComplaints(context, /status of 4\d\d/)
    context.on('response', response => {
      if (!response.request().isNavigationRequest()) return
      const [status, type] = [response.status(), response.headers()['content-type'] ?? '']
      if (response.url().startsWith(running.issuer) && type.startsWith('text/html') && (status < 300 || status > 399)) {
        shown.push(response.url())
      }
    })
  })
  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })

  /** How many accounts were opened so far. */
  const opened = async () =>
    (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(({ type }) => type === 'account.opened')
      .length

  const tabOf = (at: RunningPias) => openPhoneTab({ context, script, app: place.app, running: at, client: CLIENT })
  const openTab = () => tabOf(running)
  /** A new person as far as the page that opens an account. */
  const meetNewcomer = async (persona: string) => {
    const tab = await openTab()
    const request = await tab.open()
    await tab.choose(persona)
    await tab.press('link', /No, I am new here/)
    await tab.look(NEW_ACCOUNT)
    return { ...tab, request, before: await opened() }
  }

  test('who is on the phone is warned, and may stop, which opens nothing, or go on', async () => {
    const before = await opened()
    const tab = await openTab()
    await tab.open()
    await tab.choose('ongoing-call')
    await tab.lookTwice(WARNING)
    await tab.leave('Somebody is telling me to: stop')

    await tab.open()
    await tab.choose('ongoing-call')
    await tab.press('button', 'I am doing this myself: continue')
    await tab.lookTwice(QUESTION)
    expect(await opened()).toBe(before)
  })

  test('itsme out of reach is a page, for as long as it is; then trying again works', async () => {
    let ahead = 0
    const own = await start(() => Date.now() + ahead)
    try {
      const tab = await tabOf(own)
      await simulate(own, 'fault', { endpoint: 'discovery', kind: 'drop', count: 2 })
      const request = await tab.open()
      await tab.lookTwice(UNAVAILABLE)
      const tryAgain = async () => {
        ahead += 6000
        await simulate(own, 'clock', { offsetSeconds: ahead / 1000 })
        await tab.press('link', 'Try again')
      }
      await tryAgain()
      await tab.isThere(UNAVAILABLE)
      await tryAgain()
      await tab.choose('lotte')
      await tab.arrive(request)
    } finally {
      await own.close()
    }
  })

  test('a confirmation that came too late is told so, and the next one counts', async () => {
    const tab = await openTab()
    await simulate(running, 'clock', { offsetSeconds: -150 })
    const request = await tab.open()
    const late = (await createHttpBrowser().get(asPersona(tab.page.url(), 'lotte'))).location ?? ''
    await simulate(running, 'clock', { offsetSeconds: 35 })
    await tab.page.goto(late)
    await tab.lookTwice(EXPIRED)
    await simulate(running, 'clock', { offsetSeconds: 0 })
    await tab.press('link', 'Log in with itsme')
    await tab.choose('lotte')
    await tab.arrive(request)
  })

  test('back at itsme after a finished login: answering again says that it is complete, and the session stays', async () => {
    const tab = await openTab()
    const request = await tab.open()
    await tab.choose('lotte')
    const { sub } = await tab.arrive(request)
    const before = await opened()
    await tab.page.goBack()
    // The simulator's page as the browser kept it was answered.
    await tab.page.reload()
    await tab.choose('lotte')
    await tab.lookTwice(FINISHED)
    expect(await tab.page.getByRole('link', { name: 'Back to Synthetic shop' }).getAttribute('href')).toBe(START_AT)
    expect(await tab.arrive(await tab.open({ prompt: 'none' }))).toMatchObject({ sub })
    expect(await opened()).toBe(before)
  })

  test('back at the form after an account was opened: it is complete, and there is one account', async () => {
    const tab = await meetNewcomer('nora')
    await tab.press('button', 'Create my account')
    await tab.arrive(tab.request)
    await tab.page.goBack()
    await tab.lookTwice(FINISHED)
    await tab.page.goBack()
    await tab.isThere(FINISHED)
    expect((await opened()) - tab.before).toBe(1)
  })

  test('two clicks on "create my account", and the same form twice beside them, are one account', async () => {
    const tab = await meetNewcomer('minor')
    const [url, csrf] = [tab.page.url(), await tab.page.locator('input[name=csrf]').inputValue()]
    const options = { form: { csrf }, headers: { origin: running.issuer }, maxRedirects: 0 }
    const post = async () => (await context.request.post(url, options)).status()
    const posts = [post(), post()]
    await tab.page.getByRole('button', { name: 'Create my account' }).dblclick()
    expect(await Promise.all(posts)).toEqual([303, 303])
    await tab.arrive(tab.request)
    // Much later: the way on, and no form.
    expect(await post()).toBe(303)
    expect((await opened()) - tab.before).toBe(1)
  })

  test('one login in two tabs: the other one says that it is complete, and where to go on', async () => {
    const tab = await meetNewcomer('no-given-name')
    const older = await openTab()
    await older.page.goto(tab.page.url())
    await older.isThere(NEW_ACCOUNT)
    await tab.press('button', 'Create my account')
    await tab.arrive(tab.request)
    await older.press('button', 'Create my account')
    await older.look(FINISHED)
    expect(await older.page.getByRole('link', { name: 'Back to Synthetic shop' }).getAttribute('href')).toBe(START_AT)
    expect((await opened()) - tab.before).toBe(1)
  })

  // What follows differs in nothing that scripts do.
  if (!script) return

  test.each([
    ['says that it cannot', 'authorization', 'temporary_unavailable', UNAVAILABLE],
    ['does not answer', 'token', 'timeout', UNAVAILABLE],
    ['tells what cannot be trusted', 'token', 'bad-signature', INVALID],
  ])('an itsme that %s is a page, and trying again works', async (_what, endpoint, kind, title) => {
    await simulate(running, 'fault', { endpoint, kind })
    const tab = await openTab()
    const request = await tab.open()
    if (endpoint === 'token') await tab.choose('lotte')
    await tab.lookTwice(title)
    await tab.press('link', 'Try again')
    await tab.choose('lotte')
    await tab.arrive(request)
  })

  test('who does not want to wait for itsme leaves, and the app is told', async () => {
    await simulate(running, 'fault', { endpoint: 'authorization', kind: 'temporary_unavailable' })
    const tab = await openTab()
    await tab.open()
    await tab.isThere(UNAVAILABLE)
    await tab.leave('Cancel and go back to Synthetic shop')
  })

  test('an itsme that is merely slow is waited for, without a page', async () => {
    await simulate(running, 'fault', { endpoint: 'token', kind: 'slow', delayMs: 500 })
    const tab = await openTab()
    const request = await tab.open()
    await tab.choose('lotte')
    await tab.arrive(request)
    expect(shown).toEqual([])
  })

  test('a form that was sent back can be loaded again, left by the back button, and sent again', async () => {
    const tab = await openTab()
    const request = await tab.open()
    await tab.choose('confirm')
    await tab.press('link', /Yes, I have an invoice/)
    const title = (await tab.page.getByRole('heading', { level: 1 }).textContent()) ?? ''
    const send = async () => {
      await tab.press('button', 'Continue')
      await tab.page.getByText('There is a problem').waitFor()
    }
    await send()
    await tab.lookTwice(title)
    expect(await tab.page.title()).toMatch(/^Error: /)
    await tab.page.goBack()
    expect(await tab.page.title()).not.toMatch(/^Error: /)
    await tab.isThere(title)
    await send()
    await tab.press('link', 'Back')
    await tab.isThere(QUESTION)
    await tab.leave('Cancel and go back to Synthetic shop')
    expect(new URL(tab.page.url()).searchParams.get('state')).toBe(request.state)
  })

  test('two logins in two tabs both finish, and are the same person', async () => {
    const tabs = [await openTab(), await openTab()] as const
    const [first, second] = [await tabs[0].open(), await tabs[1].open()]
    await tabs[0].choose('lotte')
    const { sub } = await tabs[0].arrive(first)
    await tabs[1].choose('lotte')
    expect(await tabs[1].arrive(second)).toMatchObject({ sub })
    expect(shown).toEqual([])
  })

  test('who is logged in confirms once where an app asks for more, sees no page of ours, and the app gets it', async () => {
    const tab = await openTab()
    const log = async (extra: Record<string, string>, isAsked: boolean) => {
      const request = await tab.open(extra)
      const asked = new URL(tab.page.url())
      if (isAsked) await tab.choose('lotte')
      return { asked, claims: await tab.arrive(request) }
    }
    const basic = await log({}, true)
    expect(basic.claims.acr).not.toBe(ADVANCED)
    const { sub } = basic.claims
    const stepped = await log({ acr_values: ADVANCED }, true)
    expect(stepped.asked.searchParams.get('acr_values')).toBe('http://itsme.services/v2/claim/acr_advanced')
    expect(stepped.claims).toMatchObject({ acr: ADVANCED, sub })
    // By now the session is good for it, and young enough.
    expect((await log({ acr_values: ADVANCED, max_age: '600' }, false)).claims).toMatchObject({ acr: ADVANCED, sub })
    const fresh = await log({ max_age: '0' }, true)
    expect(fresh.claims).toMatchObject({ sub, auth_time: expect.any(Number) })
    expect(shown).toEqual([])
  })
})

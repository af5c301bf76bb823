import { createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { csrfOf, meetUncertain } from '#test/support/uncertain.ts'

/** What becomes of people whom itsme describes in unusual ways: each ends in a page that offers the next step. */
let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const accounts = async () =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(({ type }) => type === 'account.opened')

describe('a call in progress', () => {
  const begin = async (extra: Record<string, string> = {}) => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize(extra)
    const page = (await logIn(browser, request.url, 'ongoing-call')).at(-1)
    const action = /action="([^"]*\/continue)"/.exec(page?.body ?? '')?.[1] ?? ''
    return { app, browser, request, page, action: `${running.issuer}${action}` }
  }

  test('is warned about before anything is resolved, and going on is a form of this browser', async () => {
    const opened = (await accounts()).length
    const { browser, page, action } = await begin()
    expect(page?.status).toBe(200)
    expect(action).toMatch(/\/interaction\/[\w-]+\/continue$/)
    expect(await accounts()).toHaveLength(opened)

    const csrf = csrfOf(page as never)
    expect((await browser.post(action, { csrf: 'wrong' })).status).toBe(403)
    expect((await browser.post(action, { csrf }, { origin: 'https://other.example' })).status).toBe(403)
    expect((await createHttpBrowser().post(action, { csrf })).status).toBe(400)

    const gone = await browser.post(action, { csrf })
    expect(gone.status).toBe(303)
    const next = await browser.get(gone.location ?? '')
    expect(next.body).toContain('/prove')
  })

  test('the proof and the new account are closed before the warning is answered', async () => {
    const { browser, action } = await begin()
    for (const path of ['/prove', '/new']) {
      const answer = await browser.get(action.replace('/continue', path))
      expect([answer.status, answer.location]).toEqual([303, action.replace('/continue', '')])
    }
  })

  test('eight clicks at once go on once', async () => {
    const { browser, page, action } = await begin()
    const csrf = csrfOf(page as never)
    const before = await running.pias.store.audit.list({ after: 0, limit: 1000 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.fork().post(action, { csrf })))
    expect(answers.every(({ status }) => status === 303)).toBe(true)
    const after = await running.pias.store.audit.list({ after: before.at(-1)?.sequence ?? 0, limit: 1000 })
    expect(after.filter(({ type }) => type === 'link.unresolved')).toHaveLength(1)
  })

  test('known customers are warned as well, and are logged in by the same click, with no other page', async () => {
    const simulate = async (ongoingCall: string) => {
      const url = `${running.simulator.origin}/_sim/config`
      expect((await fetch(url, { method: 'POST', body: JSON.stringify({ ongoingCall }) })).status).toBe(200)
    }
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    await simulate('on')
    const page = (await logIn(browser, request.url, 'lotte')).at(-1)
    await simulate('persona')
    const action = /action="([^"]*\/continue)"/.exec(page?.body ?? '')?.[1] ?? ''
    expect([page?.status, action]).toEqual([200, expect.stringMatching(/\/continue$/)])
    expect(page?.body).not.toMatch(/Lotte|Vandenbroucke|MOB-/)
    const gone = await browser.post(`${running.issuer}${action}`, { csrf: csrfOf(page as never) })
    const answers = await browser.follow(gone.location ?? '', atApp)
    expect(answers.map(({ status }) => status)).not.toContain(200)
    expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
  })

  test('stopping tells the app', async () => {
    const { browser, action, request } = await begin()
    const cancelled = await browser.follow(action.replace('/continue', '/cancel'), location =>
      location.includes('error='),
    )
    expect(appAnswer(cancelled.at(-1))).toMatchObject({ error: 'access_denied', state: request.state })
  })
})

describe('somebody of whom itsme does not know everything', () => {
  test.each([
    ['minor', /18/],
    ['no-given-name', /<dt>/],
    ['no-birthdate', /<dt>/],
  ])('%s: can open an account with what is known', async (persona, shown) => {
    const person = await meetUncertain(running, persona)
    const page = await person.browser.get(person.url('/new'))
    expect(page.status).toBe(200)
    expect(page.body).toMatch(shown)
    expect(page.body).not.toMatch(/undefined|null|NaN/)
    const opened = await person.openAccount()
    const back = await person.browser.get(opened.location ?? '')
    const tokens = await redeem(person.app, person.browser, [back], person.request)
    const claims = (await userinfo(running, person.browser, tokens.access_token)).json()
    expect(claims.customer_accounts).toEqual([])
    for (const value of Object.values(claims)) expect(value).not.toBeNull()
  })

  test.each(['no-email', 'dutch-document'])('%s: is found by what there is, without a page', async persona => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const answers = await logIn(browser, request.url, persona)
    const tokens = await redeem(app, browser, answers, request)
    const claims = (await userinfo(running, browser, tokens.access_token)).json()
    expect((claims.customer_accounts as unknown[]).length).toBeGreaterThan(0)
    expect(claims).not.toHaveProperty(persona === 'no-email' ? 'email' : 'address')
  })
})

test('an itsme that is slow costs time and nothing else', async () => {
  const fault = { endpoint: 'token', kind: 'slow', delayMs: 700 }
  const set = await fetch(`${running.simulator.origin}/_sim/fault`, { method: 'POST', body: JSON.stringify(fault) })
  expect(set.ok).toBe(true)
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const answers = await logIn(browser, request.url, 'old-password')
  expect(answers.every(({ status }) => status !== 200)).toBe(true)
  expect(await redeem(app, browser, answers, request)).toHaveProperty('id_token')
})

test('a person who never came back is offered itsme again, in the same attempt', async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const begun = await browser.get(app.authorize().url)
  const uid = new URL(begun.location ?? '').searchParams.get('state')?.split('.')[0]
  const page = await browser.get(`${running.issuer}/interaction/${uid}`)
  expect(page.status).toBe(200)
  const retry = await browser.get(`${running.issuer}/interaction/${uid}/retry`)
  expect(retry.location?.startsWith(running.simulator.issuer)).toBe(true)
})

test('a person whose itsme account was made anew is never given the old one unasked', async () => {
  const first = createTestApp(running)
  const browser = createHttpBrowser()
  const request = first.authorize()
  await redeem(first, browser, await logIn(browser, request.url, 'thomas'), request)
  const opened = (await accounts()).length

  const recreated = await fetch(`${running.simulator.origin}/_sim/recreate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persona: 'thomas' }),
  })
  expect(recreated.ok).toBe(true)
  const again = await meetUncertain(running, 'thomas')
  expect(again.page.status).toBe(200)
  expect(await accounts()).toHaveLength(opened)
})

test('so is the persona that stands for such a person, and a proof tells that the records have an account', async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const again = await meetUncertain(running, 'recreated')
  const proved = await again.prove('MOB-100001', 'INV-2025-0110001')
  const page = await again.browser.get(proved.location ?? '')
  expect(page.body).not.toContain('MOB-100001')
  expect(page.body).toContain('/cancel')
  expect((await again.browser.get(again.url('/new'))).location).toBe(again.url())
})

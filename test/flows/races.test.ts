import { personaTruth } from '#examples/customer-data/personas.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, atApp, claimsOf, createTestApp, logIn, redeem, toCallback, userinfo } from '#test/support/log-in.ts'
import { PATIENT, slowDownStore } from '#test/support/slow-down-store.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { watchRequests } from '#test/support/watch-requests.ts'

/** Logins that race each other, through the HTTP endpoints of a whole PIAS. */
let running: RunningPias
beforeEach(async () => {
  running = await startPias({ config: PATIENT })
  slowDownStore(running.pias.store)
})
afterEach(() => running.close())

const times = <Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

describe('50 parallel first logins of one person', () => {
  // itsme has read our keys long before a burst; the simulator gives that one second, whatever else it has to do.
  beforeEach(async () => {
    await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'nora')
  })

  test('make one account, one identity, one sub and no 5xx', async () => {
    const app = createTestApp(running)
    const logins = await times(50, async () => {
      const browser = createHttpBrowser()
      const request = app.authorize()
      const answers = await logIn(browser, request.url, 'lotte')
      const token = await app.redeem(browser, answers.at(-1)?.location ?? '', request)
      return { answers, token }
    })

    const statuses = logins.flatMap(({ answers, token }) => [...answers, token].map(({ status }) => status))
    expect(statuses.filter(status => status >= 400)).toEqual([])
    expect(statuses).toHaveLength(50 * 5)

    const subs = new Set(logins.map(({ token }) => claimsOf(token.json<{ id_token: string }>().id_token).sub))
    expect(subs.size).toBe(1)
    const opened = await eventsOf('account.opened')
    expect(opened.map(({ accountId }) => accountId)).toEqual([...subs])
    const linked = (await eventsOf('link.created')).map(({ data }) => data as Record<string, unknown>)
    expect(linked.map(({ serviceLine, customerId }) => ({ serviceLine, customerId }))).toEqual(
      expect.arrayContaining([...personaTruth().lotte.link]),
    )
    expect(linked).toHaveLength(4)
  })

  test('give every browser its own person: ten people at once see themselves only', async () => {
    const app = createTestApp(running)
    const people = ['lotte', 'thomas', 'twin-a', 'twin-b', 'senior', 'junior', 'dutch-document', 'no-email', 'business']
    const seen = await times(people.length * 3, async index => {
      const browser = createHttpBrowser()
      const request = app.authorize()
      const persona = people[index % people.length] as keyof ReturnType<typeof personaTruth>
      const tokens = await redeem(app, browser, await logIn(browser, request.url, persona), request)
      const claims = (await userinfo(running, browser, tokens.access_token)).json<Record<string, unknown>>()
      expect(claims.sub).toBe(claimsOf(tokens.id_token).sub)
      const accounts = claims.customer_accounts as Record<string, string>[]
      return { persona, sub: claims.sub, records: accounts.map(one => `${one.service_line} ${one.customer_id}`).sort() }
    })
    for (const { persona, records } of seen) {
      const truth = personaTruth()
        [persona].link.map(key => `${key.serviceLine} ${key.customerId}`)
        .sort()
      expect([persona, records]).toEqual([persona, truth])
    }
    expect(new Set(seen.map(({ persona, sub }) => `${persona} ${sub}`)).size).toBe(people.length)
  })
})

describe('8 parallel requests to one callback in one browser', () => {
  const finish = async (persona: string) => {
    const app = createTestApp(running)
    const browser = createHttpBrowser()
    const request = app.authorize()
    const callback = await toCallback(browser, request.url, persona)
    const watch = watchRequests(running.simulator.origin)
    const answers = await times(8, () => browser.get(callback))
    watch.stop()
    return { app, browser, request, answers, exchanges: watch.count('/v2/token') }
  }

  test('exchange the code once and lead to the same login', async () => {
    const { app, browser, request, answers, exchanges } = await finish('lotte')
    expect(exchanges).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(303))
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1)
    expect(answers[0]?.location).toMatch(`${running.issuer}/auth/`)

    const ends = await times(8, () => browser.get(answers[0]?.location ?? ''))
    expect(ends.filter(({ status }) => status >= 500)).toEqual([])
    const back = ends.filter(({ location }) => atApp(location ?? ''))
    expect(back.length).toBeGreaterThanOrEqual(1)
    const tokens = await redeem(app, browser, back.slice(0, 1), request)
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(200)
    expect(await eventsOf('account.opened')).toHaveLength(1)
  })

  test('ask one uncertain person one question', async () => {
    const { browser, answers, exchanges } = await finish('nora')
    expect(exchanges).toBe(1)
    const pages = await times(8, index => browser.get(answers[index]?.location ?? ''))
    const titles = pages.map(({ body, status }: Answer) => [status, /<title>[^<]+/.exec(body)?.[0]])
    expect(new Set(titles.map(title => JSON.stringify(title))).size).toBe(1)
    expect(titles[0]).toEqual([200, expect.any(String)])
    expect(pages[0]?.body).toContain('/prove"')
    expect(await eventsOf('link.unresolved')).toHaveLength(1)
    expect(appAnswer(answers[0])).toEqual({})
  })
})

test('8 clicks on "create my account" in two attempts make one account', async () => {
  const app = createTestApp(running)
  const forms = await times(2, async () => {
    const browser = createHttpBrowser()
    const page = (await logIn(browser, app.authorize().url, 'nora')).at(-1)
    const address = /href="(\/interaction\/[^"]+\/new)"/.exec(page?.body ?? '')?.[1]
    const form = await browser.get(running.issuer + address)
    return { browser, url: running.issuer + address, csrf: /name="csrf" value="([^"]+)"/.exec(form.body)?.[1] ?? '' }
  })
  const answers = await times(8, async index => {
    const form = forms[index % 2] as (typeof forms)[number]
    return form.browser.post(form.url, { csrf: form.csrf })
  })
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(303))
  expect(await eventsOf('account.opened')).toHaveLength(1)
})

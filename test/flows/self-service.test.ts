import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Job } from '#src/kernel/runtime.ts'
import { isDecisionEvent } from '#src/linking/decision-record.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { asPersona, claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'

/** What people see of their own account and do with it, over HTTP (GDPR, art. 15, 17 and 20). */
const THIRD = { ...TEST_CLIENT, client_id: 'third-app', client_name: 'Synthetic partner', pias_first_party: false }
const DAY_MS = 24 * 3600 * 1000

let ahead = 0
let running: RunningPias
beforeEach(async () => {
  ahead = 0
  running = await startPias({
    clients: [THIRD],
    clock: () => Date.now() + ahead,
    config: { pages: { defaultLocale: 'en' }, lifetimes: {} },
  })
})
afterEach(() => running.close())

const at = (path = '') => `${running.issuer}/account${path}`

/** Opens a page; goes upstream as this persona if it is sent there. */
const open = async (browser: HttpBrowser, persona: string, path = ''): Promise<Answer> => {
  const answers = await browser.follow(at(path), location => location.startsWith(running.simulator.issuer))
  const last = answers.at(-1) as Answer
  if (last.location === undefined) return last
  return (await browser.follow(asPersona(last.location, persona))).at(-1) as Answer
}

const send = (browser: HttpBrowser, page: Answer, path: string, form: Record<string, string> = {}) =>
  browser.post(at(path), { csrf: csrfOf(page), ...form })

/** Logs a browser in at the app, upstream only if it is sent there. */
const logInAtApp = async (browser: HttpBrowser, persona = 'lotte') => {
  const app = createTestApp(running)
  const first = app.authorize()
  const begun = await browser.get(first.url)
  const isAway = begun.location?.startsWith(running.simulator.issuer) === true
  const request = isAway ? app.authorize() : first
  const answers = isAway ? await logIn(browser, request.url, persona) : [begun]
  return { app, tokens: await redeem(app, browser, answers, request) }
}

const eventTypes = async (accountId: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000, accountId })).map(({ type }) => type)

describe('the account', () => {
  test('asks who is not logged in to log in, and comes back; the app shares that login', async () => {
    const browser = createHttpBrowser()
    const page = await open(browser, 'lotte')
    expect([page.status, page.location]).toEqual([200, undefined])
    for (const words of [
      'Lotte Marie Vandenbroucke',
      'Where you are logged in',
      'this device',
      'Your login was created',
    ]) {
      expect(page.body).toContain(words)
    }
    expect(page.body).not.toContain('MOB-')
    const { tokens } = await logInAtApp(browser)
    const after = await open(browser, 'lotte')
    expect(after.body).toContain(TEST_CLIENT.client_name)
    expect(await eventTypes(claimsOf(tokens.id_token).sub as string)).toContain('account.opened')
  })

  test('ends the login of another browser at once, and no other', async () => {
    const [here, there] = [createHttpBrowser(), createHttpBrowser()]
    const mine = await logInAtApp(here)
    const other = await logInAtApp(there)
    const page = await open(here, 'lotte')
    const forms = [...page.body.matchAll(/name="login" value="([^"]+)"/g)].map(([, id = '']) => id)
    expect(forms).toHaveLength(2)
    const current = page.body.indexOf('this device')
    const [ended = ''] = forms.filter(
      id => page.body.indexOf(id) > page.body.indexOf('</li>', current) || page.body.indexOf(id) < current,
    )
    expect((await send(here, page, '/logins/end', { login: ended })).status).toBe(303)

    expect((await userinfo(running, there, other.tokens.access_token)).status).toBe(401)
    const refreshed = await other.app.token(there, {
      grant_type: 'refresh_token',
      refresh_token: other.tokens.refresh_token,
    })
    expect([refreshed.status, refreshed.json().error]).toEqual([400, 'invalid_grant'])
    expect((await there.get(at())).location).toContain('/auth?')
    expect((await userinfo(running, here, mine.tokens.access_token)).status).toBe(200)
    const after = await open(here, 'lotte')
    expect(after.body.match(/name="login"/g)).toHaveLength(1)
    expect(after.body).toContain('You logged a device out')
  })

  test('ends all logins, this one too', async () => {
    const browser = createHttpBrowser()
    const { tokens } = await logInAtApp(browser)
    const page = await open(browser, 'lotte')
    await send(browser, page, '/logins/end-all')
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
    expect((await browser.get(at())).location).toContain('/auth?')
  })

  test('takes back what an app was allowed', async () => {
    const browser = createHttpBrowser()
    const { accountId } = await accountOf(browser)
    await running.pias.store.consents.give({ accountId, clientId: THIRD.client_id, scopes: ['email'], at: Date.now() })
    const page = await open(browser, 'lotte')
    expect(page.body).toContain('Synthetic partner')
    await send(browser, page, '/consents/withdraw', { client: THIRD.client_id })
    expect(await running.pias.store.consents.find(accountId, THIRD.client_id)).toBeUndefined()
    expect((await open(browser, 'lotte')).body).toContain('You withdrew a permission of an app')
  })
})

const accountOf = async (browser: HttpBrowser, persona = 'lotte') => {
  const { tokens } = await logInAtApp(browser, persona)
  return { accountId: claimsOf(tokens.id_token).sub as AccountId, tokens }
}

describe('my data', () => {
  test('are shown and downloaded after a login of the last minutes only', async () => {
    const browser = createHttpBrowser()
    const { accountId } = await accountOf(browser)
    const page = await open(browser, 'lotte', '/data')
    for (const words of ['Vandenbroucke', 'Mobile', 'Landline']) expect(page.body).toContain(words)
    const file = await send(browser, page, '/data/export')
    expect(file.headers['content-disposition']).toContain('my-data.json')
    const data = file.json<{ account: { id: string; claims: object }; customerRecords: object[]; events: object[] }>()
    expect(data.account).toMatchObject({ id: accountId, claims: { familyName: 'Vandenbroucke' } })
    expect(data.customerRecords).toHaveLength(4)
    expect(data.events).not.toHaveLength(0)
    expect(await eventTypes(accountId)).toContain('account.exported')

    ahead = 11 * 60_000
    const later = await browser.get(at('/data'))
    expect(new URL(later.location ?? 'none:').searchParams.get('max_age')).toBe('600')
    const stale = await send(browser, page, '/data/export')
    expect([stale.status, stale.location]).toEqual([303, at('/data')])
    expect((await browser.get(at())).status).toBe(200)
  })

  test('tell nothing of strangers whose records were compared', async () => {
    const browser = createHttpBrowser()
    const { accountId } = await accountOf(browser, 'twin-a')
    const [decided] = (await running.pias.store.audit.list({ after: 0, limit: 1000, accountId })).filter(
      isDecisionEvent,
    )
    const [own, strangers] = ['linked', 'passed-over'].map(verdict =>
      (decided?.data.decision.records ?? []).filter(one => one.verdict === verdict).map(one => one.customerId),
    ) as [string[], string[]]
    expect(Math.min(own.length, strangers.length)).toBeGreaterThan(0)
    const { body } = await send(browser, await open(browser, 'twin-a', '/data'), '/data/export')
    expect(own.every(id => body.includes(id))).toBe(true)
    expect(strangers.filter(id => body.includes(id))).toEqual([])
  })

  test('are erased after fourteen days, which can be taken back', async () => {
    const browser = createHttpBrowser()
    const { accountId, tokens } = await accountOf(browser)
    const ask = async () => send(browser, await open(browser, 'lotte', '/erase'), '/erase')
    const erase = running.pias.jobs.find(({ name }) => name === 'erase-accounts') as Job
    const stays = async (day: number) => {
      ahead = day * DAY_MS
      await erase.run()
      ahead = 0
      return (await running.pias.store.accounts.find(accountId)) !== undefined
    }
    await ask()
    // Asked once more it is the same request, of which people are told once.
    await ask()
    const events = await running.pias.store.audit.list({ after: 0, limit: 999, accountId })
    expect(events.filter(({ type }) => type === 'account.erasure-requested')).toHaveLength(1)
    expect(await stays(13)).toBe(true)
    const page = await open(browser, 'lotte')
    expect(page.body).toContain('Your login will be erased on')
    await send(browser, page, '/erase/withdraw')
    expect(await stays(15)).toBe(true)
    await ask()
    expect(await stays(16)).toBe(false)
    expect((await userinfo(running, browser, tokens.access_token)).status).toBe(401)
  })
})

describe('bad input', () => {
  test.each([
    ['without a token', {}, {}, 403],
    ['with the token of another browser', { csrf: 'other' }, {}, 403],
    ['from another site', { csrf: 'own' }, { origin: 'https://attacker.example' }, 403],
  ])('a form %s does nothing', async (_, form: Record<string, string>, headers, status) => {
    const [browser, other] = [createHttpBrowser(), createHttpBrowser()]
    const page = await open(browser, 'lotte')
    const foreign = await open(other, 'thomas')
    const csrf = { own: csrfOf(page), other: csrfOf(foreign) }[form.csrf ?? '']
    const sent = csrf === undefined ? {} : { csrf }
    const answer = await browser.post(at('/logins/end-all'), sent, headers)
    expect([answer.status, answer.location]).toEqual([status, undefined])
    expect((await browser.get(at())).status).toBe(200)
  })

  test('the login of somebody else cannot be ended, and nothing tells whether it is there', async () => {
    const [browser, other] = [createHttpBrowser(), createHttpBrowser()]
    const page = await open(browser, 'lotte')
    const foreign = await open(other, 'thomas')
    const [, login = ''] = /name="login" value="([^"]+)"/.exec(foreign.body) ?? []
    const answers = [
      await send(browser, page, '/logins/end', { login }),
      await send(browser, page, '/logins/end', { login: 'nobody' }),
    ]
    expect(answers.map(({ status, location }) => [status, location])).toEqual(Array(2).fill([303, at()]))
    expect((await other.get(at())).status).toBe(200)
  })

  test('a login comes back to these pages and nowhere else', async () => {
    for (const state of ['https://attacker.example', '//attacker.example', '/session/end', '']) {
      const answer = await createHttpBrowser().get(at(`/callback?${new URLSearchParams({ state, code: 'x' })}`))
      expect(answer.location).toBe(at())
    }
  })

  test('a code for these pages is good for nothing', async () => {
    const browser = createHttpBrowser()
    const answers = await browser.follow(at(), location => location.startsWith(running.simulator.issuer))
    const back = await browser.follow(asPersona(answers.at(-1)?.location, 'lotte'), location =>
      location.includes('callback?code='),
    )
    const code = new URL(back.at(-1)?.location ?? 'none:').searchParams.get('code') ?? ''
    const answer = await createHttpBrowser().post(
      `${running.issuer}/token`,
      {
        grant_type: 'authorization_code',
        client_id: 'pias-account',
        code,
        code_verifier: 'a'.repeat(43),
        redirect_uri: at('/callback'),
      },
      { accept: 'application/json' },
    )
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant'])
  })
})

test('a file with the id of these pages changes nothing', async () => {
  writeFileSync(join(running.clientsDir, 'own.json'), JSON.stringify({ ...TEST_CLIENT, client_id: 'pias-account' }))
  await new Promise(resolve => setTimeout(resolve, 1100))
  expect((await open(createHttpBrowser(), 'lotte')).status).toBe(200)
})

import { randomBytes, scryptSync } from 'node:crypto'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { startAskedSystem } from '#test/support/asked-system.ts'
import { AUTHOR } from '#test/support/author.ts'
import { bringIn } from '#test/support/bring-in.ts'
import { type Answer, createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import { appAnswer, asPersona, atApp, claimsOf, createTestApp, logIn, redeem, userinfo } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { comparable, csrfOf } from '#test/support/uncertain.ts'

/** Somebody with a login from before itsme: Bruno, synthetic, and his two records. */
const PASSWORD = 'a synthetic password of Bruno'
const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const hashOf = (password: string): string => {
  const salt = randomBytes(16)
  return `$scrypt$ln=4,r=8,p=1$${encode(salt)}$${encode(scryptSync(password, salt, 32, { N: 16 }))}`
}
const BRUNO = {
  legacyId: 'L-1',
  username: 'Bruno@Mail.example',
  passwordHash: hashOf(PASSWORD),
  subs: { 'bind-app': 'old-sub' },
  customers: [
    { serviceLine: 'mobile', customerId: 'MOB-100071' },
    { serviceLine: 'internet', customerId: 'INT-100071' },
  ],
}
const OTHER = { legacyId: 'L-2', username: 'other', passwordHash: hashOf('other password') }
const rollout = (password: string, phase = 'offer') => ({ existing: { phase }, registration: { phase }, password })
const app = (id: string, policy?: object) => ({
  ...TEST_CLIENT,
  client_id: id,
  ...(policy === undefined ? {} : { pias_rollout: policy }),
})
const CLIENTS = [
  app('bind-app', rollout('require-bind')),
  app('nudge-app', rollout('nudge')),
  app('allow-app', rollout('allow')),
  app('strict-app'),
  app('new-only-app', { existing: { phase: 'off' }, registration: { phase: 'default' } }),
]

let running: RunningPias
let ahead = 0
const start = async (config: object = {}) => {
  running = await startPias({ clients: CLIENTS, config, clock: () => Date.now() + ahead })
  await bringIn(running.pias.store, BRUNO, OTHER)
}
beforeEach(() => {
  ahead = 0
})
afterEach(() => running.close())

type Visit = Awaited<ReturnType<typeof visit>>

/** Begins a login at an app and looks at PIAS's first page. */
const visit = async (clientId: string, browser: HttpBrowser = createHttpBrowser()) => {
  const relyingParty = createTestApp(running, { ...TEST_CLIENT, client_id: clientId })
  const request = relyingParty.authorize()
  const begun = await browser.get(request.url)
  const page = begun.location === undefined ? begun : await browser.get(begun.location)
  const path = new URL(begun.location ?? running.issuer).pathname
  return { relyingParty, request, browser, page, path, url: (more = '') => `${running.issuer}${path}${more}` }
}

const enter = async ({ browser, url }: Visit, username: string, password: string): Promise<Answer> => {
  const form = await browser.get(url('/password'))
  return browser.post(url('/password'), { csrf: csrfOf(form), username, password })
}

/** From the page that asks to connect, by itsme as this persona, to where it ends. */
const connect = async ({ browser, url }: Visit, persona = 'old-password'): Promise<Answer> => {
  const away = await browser.get(url('/retry'))
  return (await browser.follow(asPersona(away.location, persona), atApp)).at(-1) as Answer
}

const accountOf = async () => (await running.pias.store.credentials.findByLegacyIds(['L-1'])).get('L-1')?.accountId
const eventsOf = async () => (await running.pias.store.audit.list({ after: 0, limit: 999 })).map(({ type }) => type)

describe('an old login', () => {
  test('is used once: itsme is bound, the app sees the sub it knows, and the password is gone', async () => {
    await start()
    const visited = await visit('bind-app')
    expect(visited.page.body).toContain('/password"')
    const entered = await enter(visited, ' bruno@mail.example ', PASSWORD)
    expect(entered.status).toBe(303)
    const asked = await visited.browser.get(visited.url())
    expect(asked.body).toContain(`${visited.path}/retry`)
    expect(asked.body).not.toContain('/skip')

    const told = await connect(visited)
    expect(told.status).toBe(200)
    const back = await visited.browser.follow(/href="([^"]+\/auth\/[^"]+)"/.exec(told.body)?.[1] ?? '', atApp)
    const tokens = await redeem(visited.relyingParty, visited.browser, back, visited.request)
    expect(claimsOf(tokens.id_token)).toMatchObject({
      sub: 'old-sub',
      acr: 'urn:pias:acr:basic',
      amr: ['mfa', 'itsme'],
    })
    expect((await userinfo(running, visited.browser, tokens.access_token)).json()).toMatchObject({
      sub: 'old-sub',
      family_name: 'Delhaye',
      customer_accounts: [{ customer_id: 'INT-100071' }, { customer_id: 'MOB-100071' }],
    })
    expect(await eventsOf()).toEqual(expect.arrayContaining(['identity.bound', 'credential.forgotten']))

    // From then on by itsme alone, with no page; the password is worth nothing.
    const again = await visit('bind-app')
    expect((await enter(again, 'bruno@mail.example', PASSWORD)).status).toBe(422)
    const strict = createTestApp(running, { ...TEST_CLIENT, client_id: 'strict-app' })
    const browser = createHttpBrowser()
    const request = strict.authorize()
    const answers = await logIn(browser, request.url, 'old-password')
    const straight = claimsOf((await redeem(strict, browser, answers, request)).id_token)
    expect(straight.sub).toBe(await accountOf())
  })

  test('logs in alone where the policy says so, at its own level, and for no other app', async () => {
    await start()
    const visited = await visit('allow-app')
    const entered = await enter(visited, 'other', 'other password')
    const answers = await visited.browser.follow(entered.location ?? '', atApp)
    const tokens = await redeem(visited.relyingParty, visited.browser, answers, visited.request)
    expect(claimsOf(tokens.id_token)).toMatchObject({ acr: 'urn:pias:acr:low', amr: ['pwd'] })
    const silently = async (clientId: string) => {
      const other = createTestApp(running, { ...TEST_CLIENT, client_id: clientId })
      return appAnswer(await visited.browser.get(other.authorize({ prompt: 'none' }).url))
    }
    expect(await silently('nudge-app')).toHaveProperty('code')
    expect(await silently('strict-app')).toMatchObject({ error: 'login_required' })
    expect(await silently('bind-app')).toMatchObject({ error: 'login_required' })
    // Nor for the person's own pages: a password that somebody got hold of shows nothing and ends nothing.
    for (const page of ['', '/data', '/erase'])
      expect((await visited.browser.get(`${running.issuer}/account${page}`)).location).toContain('/auth?')
  })

  test('what it had given before ends with the first verified link: session, tokens, other tabs', async () => {
    await start()
    const old = await visit('allow-app')
    const entered = await enter(old, BRUNO.username, PASSWORD)
    const tokens = await redeem(
      old.relyingParty,
      old.browser,
      await old.browser.follow(entered.location ?? '', atApp),
      old.request,
    )
    const silent = async () => {
      const { url } = old.relyingParty.authorize({ prompt: 'none' })
      return new URL((await old.browser.get(url)).location ?? '').searchParams
    }
    expect((await silent()).has('code')).toBe(true)
    const pending = await visit('nudge-app')
    await enter(pending, BRUNO.username, PASSWORD)

    const binding = await visit('bind-app')
    await enter(binding, BRUNO.username, PASSWORD)
    expect((await connect(binding)).status).toBe(200)

    expect((await silent()).get('error')).toBe('login_required')
    expect((await userinfo(running, old.browser, tokens.access_token)).status).toBe(401)
    // A login that began before with the password does not end in the account.
    const csrf = csrfOf(await pending.browser.get(pending.url()))
    const skipped = await pending.browser.post(pending.url('/skip'), { csrf })
    const end = (await pending.browser.follow(skipped.location ?? pending.url(), atApp)).at(-1) as Answer
    expect(new URL(end.location ?? running.issuer).searchParams.has('code')).toBe(false)
    expect(await eventsOf()).toContain('identity.bound')
  })

  test('is invited to connect, and may skip that, only where the policy invites', async () => {
    await start()
    const visited = await visit('nudge-app')
    await enter(visited, 'other', 'other password')
    const asked = await visited.browser.get(visited.url())
    const skipped = await visited.browser.post(visited.url('/skip'), { csrf: csrfOf(asked) })
    const answers = await visited.browser.follow(skipped.location ?? '', atApp)
    expect(appAnswer(answers.at(-1))).toHaveProperty('code')

    const forced = await visit('bind-app')
    const csrf = csrfOf(await forced.browser.get(forced.url('/password')))
    await enter(forced, 'other', 'other password')
    const refused = await forced.browser.post(forced.url('/skip'), { csrf })
    // Back to the page that asks to connect.
    expect(new URL(refused.location ?? '', running.issuer).pathname).toBe(forced.path)
  })

  test('the grace of days lets it work beside itsme, and ends by itself', async () => {
    await start({ oldLogin: { graceDays: 7 } })
    const visited = await visit('bind-app')
    await enter(visited, BRUNO.username, PASSWORD)
    expect((await connect(visited)).status).toBe(200)
    const during = await visit('allow-app')
    expect((await enter(during, BRUNO.username, PASSWORD)).status).toBe(303)
    ahead = 8 * 24 * 3600 * 1000
    const after = await visit('allow-app')
    expect((await enter(after, BRUNO.username, PASSWORD)).status).toBe(422)
  })

  test('proves whose account it is to somebody who came from itsme', async () => {
    await start({ oldLogin: { asProof: true } })
    // His records belong to the old account, so that itsme alone does not link them.
    const relyingParty = createTestApp(running, { ...TEST_CLIENT, client_id: 'strict-app' })
    const browser = createHttpBrowser()
    const answers = await logIn(browser, relyingParty.authorize().url, 'old-password')
    const page = answers.at(-1) as Answer
    const [, path = ''] = /href="(\/interaction\/[\w-]+)\/password"/.exec(page.body) ?? []
    const url = `${running.issuer}${path}/password`
    const post = async (password: string) =>
      browser.post(url, { csrf: csrfOf(await browser.get(url)), username: BRUNO.username, password })
    expect((await post('wrong')).status).toBe(422)
    const proved = await post(PASSWORD)
    expect(proved.location).toMatch(/\/connected$/)
    expect(
      (await running.pias.store.accounts.survey({ after: '', limit: 9 })).map(({ identities }) => identities).sort(),
    ).toEqual([0, 1])
  })
})

test('where the legacy system keeps its hashes, it is asked; and while it does not answer, nobody gets in', async () => {
  const legacy = await startAskedSystem({ body: { valid: true } })
  try {
    await start({ oldLogin: { verifier: { url: legacy.url, token: 'a-token-of-some-length' } } })
    await bringIn(running.pias.store, { legacyId: 'L-3', username: 'Kept-There' })
    const known = await visit('bind-app')
    expect((await enter(known, 'kept-there', PASSWORD)).status).toBe(303)
    expect(legacy.questions.map(({ body }) => body)).toEqual([{ username: 'kept-there', password: PASSWORD }])
    // With a hash of ours it is not asked.
    expect((await enter(await visit('bind-app'), 'other', 'other password')).status).toBe(303)
    expect(legacy.questions).toHaveLength(1)

    const again = await visit('bind-app')
    legacy.answer({ body: { valid: false } })
    expect((await enter(again, 'kept-there', 'wrong')).status).toBe(422)
    legacy.answer('hang-up')
    expect((await enter(again, 'kept-there', PASSWORD)).status).toBe(503)
    expect(await eventsOf()).not.toContain('identity.bound')
    expect((await connect(known)).status).toBe(200)
    expect(await eventsOf()).toContain('identity.bound')
    // Connected: the old login has ended, whatever the legacy system says.
    legacy.answer({ body: { valid: true } })
    expect((await enter(await visit('bind-app'), 'kept-there', PASSWORD)).status).toBe(422)
  } finally {
    await legacy.close()
  }
})

describe('what an old login never does', () => {
  test('proves anything where the policy links nobody, by its address neither', async () => {
    await start({ oldLogin: { asProof: true } })
    const relyingParty = createTestApp(running, { ...TEST_CLIENT, client_id: 'new-only-app' })
    const browser = createHttpBrowser()
    const page = (await logIn(browser, relyingParty.authorize().url, 'old-password')).at(-1) as Answer
    const [, path = ''] = /href="(\/interaction\/[\w-]+)\/new"/.exec(page.body) ?? []
    const url = (more = '') => `${running.issuer}${path}${more}`
    expect((await browser.get(url('/password'))).location).toBe(url())
    const csrf = csrfOf(await browser.get(url('/new')))
    const posted = await browser.post(url('/password'), { csrf, username: BRUNO.username, password: PASSWORD })
    expect(posted.location).toBe(url())
    expect(await eventsOf()).not.toContain('identity.bound')
  })

  test('binds to somebody whose name and birth date are clearly others', async () => {
    await start()
    const visited = await visit('bind-app')
    await enter(visited, BRUNO.username, PASSWORD)
    const stopped = await connect(visited, 'nora')
    expect(stopped.status).toBe(200)
    expect(stopped.body).not.toContain('MOB-100071')
    expect(await running.pias.store.credentials.find((await accountOf()) as AccountId)).not.toHaveProperty('retiresAt')
    expect(await eventsOf()).toContain('bind.refused')
  })

  test.each(['block', 'endLogins'] as const)('binds when %s came while its page was open', async act => {
    await start()
    const visited = await visit('bind-app')
    await enter(visited, 'other', 'other password')
    const id = (await running.pias.store.credentials.findByLegacyIds(['L-2'])).get('L-2')?.accountId as AccountId
    ahead = 1000
    const access = createAccountAccess({ ...running.pias.store, clock: () => Date.now() + ahead })
    expect(await access[act](id, AUTHOR)).toBe(true)
    expect((await connect(visited, 'no-email')).body).not.toContain('/auth/')
    expect(await eventsOf()).not.toContain('identity.bound')
    expect(await eventsOf()).toContain('bind.refused')
  })

  test('moves an itsme identity that has an account', async () => {
    await start()
    const lotte = createTestApp(running, { ...TEST_CLIENT, client_id: 'strict-app' })
    await logIn(createHttpBrowser(), lotte.authorize().url, 'lotte')
    const visited = await visit('bind-app')
    await enter(visited, 'other', 'other password')
    expect((await connect(visited, 'lotte')).body).not.toContain('/auth/')
    expect(await eventsOf()).toContain('bind.refused')
  })

  test('is bound twice: of parallel persons one gets the account', async () => {
    await start()
    const visits = await Promise.all(['bind-app', 'bind-app', 'bind-app'].map(id => visit(id)))
    for (const one of visits) await enter(one, 'other', 'other password')
    const personas = ['no-email', 'dutch-document', 'no-given-name']
    const ends = await Promise.all(visits.map((one, at) => connect(one, personas[at])))
    expect(ends.filter(({ body }) => body.includes('/auth/'))).toHaveLength(1)
    expect((await eventsOf()).filter(type => type === 'identity.bound')).toHaveLength(1)
  })

  test('tells whether a username is there: the same words, and locked after as many tries', async () => {
    await start()
    const pages = []
    for (const username of ['other', 'nobody-at-all']) {
      const shown = []
      for (let tries = 0; tries < 6; tries++) {
        const answer = comparable(await enter(await visit('allow-app'), username, 'wrong password'), [username])
        shown.push({ ...answer, body: answer.body.replace(/\d\d:\d\d/g, 'TIME') })
      }
      pages.push(shown)
    }
    expect(pages[0]?.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429])
    expect(pages[1]).toEqual(pages[0])
    // Locked for the right password, too, until the time is over.
    expect((await enter(await visit('allow-app'), 'other', 'other password')).status).toBe(429)
    ahead = 16 * 60_000
    expect((await enter(await visit('allow-app'), 'other', 'other password')).status).toBe(303)
  })

  test('is tried more often in one attempt than five times, or by a replayed form', async () => {
    await start()
    const visited = await visit('allow-app')
    for (let tries = 0; tries < 5; tries++) await enter(visited, `nobody-${tries}`, 'wrong')
    expect((await enter(visited, 'other', 'other password')).status).toBe(429)
    const fresh = await visit('allow-app')
    const form = await fresh.browser.get(fresh.url('/password'))
    const elsewhere = createHttpBrowser()
    const replay = { csrf: csrfOf(form), username: 'other', password: 'other password' }
    expect((await elsewhere.post(fresh.url('/password'), replay)).status).toBe(400)
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHttpBrowser, type HttpBrowser } from '#test/support/http-browser.ts'
import {
  appAnswer,
  asPersona,
  atApp,
  claimsOf,
  createTestApp,
  logIn,
  redeem,
  toCallback,
} from '#test/support/log-in.ts'
import { ROOT } from '#test/support/processes.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { csrfOf } from '#test/support/uncertain.ts'

/** Policies put in force by commands beside a node that runs, and what people meet at their next click. */
const BY_FILE = { client_id: 'by-file', client_secret: 'a synthetic secret of enough characters' }

let running: RunningPias
beforeAll(async () => {
  running = await startPias({
    clients: [
      {
        ...BY_FILE,
        client_name: 'Synthetic app with a policy',
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: ['http://127.0.0.1:9/callback'],
        pias_rollout: { existing: { phase: 'offer' } },
      },
    ],
  })
})
afterAll(() => running.close())

/** A command as an admin gives it, in this process: the node has the same store open. */
const pias = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: running.dataDir, PIAS_CLIENTS_DIR: running.clientsDir }, running.dataDir, [
    'rollout',
    ...args,
  ])

const CLIENT = ['--client', 'test-app', '--reason', 'a synthetic reason']
const set = (...assignments: string[]) => pias('set', ...CLIENT, '--yes', '--set', ...assignments)
const revert = () => pias('revert', '--yes', ...CLIENT)

const begin = async (browser: HttpBrowser = createHttpBrowser(), client?: typeof BY_FILE) => {
  const { url } = createTestApp(running, client).authorize({ ui_locales: 'en' })
  const begun = await browser.get(url)
  return { browser, begun, url, location: new URL(begun.location ?? '') }
}
const isUpstream = ({ location }: { location: URL }) =>
  location.origin === running.simulator.issuer.replace(/(:\d+).*/, '$1')
const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)
const accountsOpened = async () => (await eventsOf('account.opened')).length

test('a stored policy holds from the next request on, is audited, and is reverted in one step', async () => {
  expect(isUpstream(await begin())).toBe(true)
  expect((await set('existing.phase=offer')).stdout).toBe('version 1 is in force\n')
  expect((await begin()).location.pathname).toMatch(/^\/interaction\//)
  expect((await set('killSwitch=true')).stdout).toBe('version 2 is in force\n')
  const { browser, location } = await begin()
  expect((await browser.get(location.href)).body).toContain('cannot log in here')

  expect((await revert()).stdout).toBe('version 3 is in force\n')
  expect((await browser.get(location.href)).body).toContain('How do you want to log in?')
  expect(await revert()).toMatchObject({ code: 0, stdout: 'version 4 is in force\n' })
  expect((await browser.get(location.href)).body).toContain('cannot log in here')
  await set('killSwitch=false', 'existing.phase=default')
  expect(isUpstream(await begin())).toBe(true)

  const changed = await eventsOf('rollout.changed')
  expect(changed.map(({ data }) => data)).toMatchObject([
    { version: 1, by: 'operator', reason: 'a synthetic reason', policy: { existing: { phase: 'offer', allow: 0 } } },
    { version: 2, policy: { killSwitch: true } },
    { version: 5 },
  ])
  expect((await eventsOf('rollout.reverted')).map(({ data }) => data)).toMatchObject([
    { version: 3, policy: { killSwitch: false, existing: { phase: 'offer' } } },
    { version: 4, policy: { killSwitch: true } },
  ])
  const shown = JSON.parse((await pias('show', '--client', 'test-app', '--json')).stdout)
  expect(shown).toMatchObject({
    policy: { killSwitch: false },
    versions: [{ version: 5, by: 'operator' }, {}, {}, {}, {}],
  })
})

test('a wrong policy is refused with what is wrong, and nothing changes', async () => {
  const before = await pias('show', '--client', 'test-app')
  expect(await set('existing.phase=on')).toMatchObject({ code: 2, stderr: expect.stringContaining('existing.phase') })
  expect(await set('existing.phaze=off')).toMatchObject({ code: 2, stderr: expect.stringContaining('phaze') })
  expect(await set('killSwitch')).toMatchObject({ code: 2, stderr: expect.stringContaining('path=value') })
  expect(await pias('show', '--client', 'nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no client'),
  })
  expect(await pias('revert', '--yes', '--client', 'by-file', '--reason', 'none')).toMatchObject({ code: 2 })
  expect(await pias('show', '--client', 'test-app')).toEqual(before)
})

test("the client's file has a policy, and the person chooses: the upstream, or back to the app", async () => {
  const { browser, location } = await begin(createHttpBrowser(), BY_FILE)
  const page = await browser.get(location.href)
  expect(page.body).toContain('How do you want to log in?')
  expect(page.body).not.toContain('last time')
  const gone = await browser.get(`${location.href}/retry`)
  const answers = await browser.follow(asPersona(gone.location, 'lotte'), atApp)
  expect(appAnswer(answers.at(-1))).toHaveProperty('code')

  const again = await begin(browser.fork(), BY_FILE)
  // The session of the first time has ended the matter; a new browser with the same memory chooses again.
  expect(appAnswer(again.begun)).toHaveProperty('code')
})

test('who cancels upstream is back at the choice, and only leaving tells the app', async () => {
  const { browser, location } = await begin(createHttpBrowser(), BY_FILE)
  const gone = await browser.get(`${location.href}/retry`)
  const back = await browser.follow(asPersona(gone.location, 'refuse'), atApp)
  expect(back.at(-1)?.body).toContain('You are not logged in')
  const left = await browser.follow(`${location.href}/cancel`, atApp)
  expect(appAnswer(left.at(-1))).toMatchObject({ error: 'access_denied' })
})

test('a percentage: the same browser falls on the same side at every login', async () => {
  await set('existing.phase=offer', 'existing.percentage=50', 'registration.phase=offer', 'registration.percentage=50')
  const sides = new Set<string>()
  for (let visitor = 0; visitor < 12; visitor++) {
    const browser = createHttpBrowser()
    const first = await begin(browser)
    const side = (await browser.get(first.location.href)).body.includes('How do you want to log in?') ? 'in' : 'out'
    const second = await begin(browser)
    const again = (await browser.get(second.location.href)).body.includes('How do you want to log in?') ? 'in' : 'out'
    expect(again).toBe(side)
    sides.add(side)
  }
  expect([...sides].sort()).toEqual(['in', 'out'])
  await set(
    'existing.phase=default',
    'existing.percentage=100',
    'registration.phase=default',
    'registration.percentage=100',
  )
})

test('shadow: the match is decided and recorded, and links nothing', async () => {
  await set('existing.phase=shadow')
  const opened = await accountsOpened()
  const browser = createHttpBrowser()
  const answers = await logIn(browser, createTestApp(running).authorize({ ui_locales: 'en' }).url, 'senior')
  const page = answers.at(-1)
  expect(page?.body).toContain('/new')
  expect(page?.body).not.toContain('/prove')
  expect(await accountsOpened()).toBe(opened)
  expect((await eventsOf('link.shadowed')).map(({ data }) => data)).toMatchObject([
    { outcome: 'link', decision: { outcome: 'link' } },
  ])

  const base = page?.body.match(/href="(\/interaction\/[\w-]+)\/new"/)?.[1] ?? ''
  // The closed way is closed for forms, too.
  const proving = await browser.get(`${running.issuer}${base}/prove`)
  expect(proving.location).toBe(`${running.issuer}${base}`)
  const form = await browser.get(`${running.issuer}${base}/new`)
  const done = await browser.post(`${running.issuer}${base}/new`, { csrf: csrfOf(form) })
  const atEnd = await browser.follow(done.location ?? '', atApp)
  expect(appAnswer(atEnd.at(-1))).toHaveProperty('code')
  const account = (await eventsOf('account.opened')).at(-1)
  expect(account?.data).toMatchObject({ origin: 'new', customers: 0 })
  await set('existing.phase=default')
})

test('the kill switch ends what is under way, also at the callback', async () => {
  const browser = createHttpBrowser()
  const callback = await toCallback(browser, createTestApp(running).authorize({ ui_locales: 'en' }).url, 'thomas')
  const opened = await accountsOpened()
  await set('killSwitch=true')
  const answer = (await browser.follow(callback, atApp)).at(-1)
  expect(answer?.body).toContain('cannot log in here')
  expect(await accountsOpened()).toBe(opened)
  await set('killSwitch=false')
  expect(
    appAnswer(
      (await logIn(createHttpBrowser(), createTestApp(running).authorize({ ui_locales: 'en' }).url, 'thomas')).at(-1),
    ),
  ).toHaveProperty('code')
})

test('a smaller rollout takes nobody out of a login that has begun', async () => {
  const browser = createHttpBrowser()
  const callback = await toCallback(browser, createTestApp(running).authorize({ ui_locales: 'en' }).url, 'thomas')
  await set('existing.phase=off', 'registration.phase=off')
  expect(appAnswer((await browser.follow(callback, atApp)).at(-1))).toHaveProperty('code')
  await set('existing.phase=default', 'registration.phase=default')
})

test('explain walks the table by the policy, the records and the code of a login, and writes nothing', async () => {
  const personas = join(ROOT, 'examples', 'itsme-simulator', 'personas.json')
  const explain = async (persona: string, ...more: string[]) =>
    (await pias('explain', '--client', 'test-app', '--as', persona, '--personas', personas, ...more)).stdout
  const before = await running.pias.store.audit.list({ after: 0, limit: 1000 })
  const stepAt = (told: string, at: string) => new RegExp(`^${at} +([a-z-]+)`, 'm').exec(told)?.[1]

  const certain = await explain('twin-a')
  expect(certain).toContain('matching: link, 1 to be linked')
  expect(stepAt(certain, 'at the beginning')).toBe('to-upstream')
  expect(stepAt(certain, 'back from the upstream')).toBe('resume')
  expect(stepAt(await explain('nora'), 'back from the upstream')).toBe('ask-person')
  expect(await explain('nora', '--account', 'somebody')).toContain('matching: not asked; known')
  // Thomas' records have an owner by now.
  expect(stepAt(await explain('thomas'), 'back from the upstream')).toBe('ask-person')

  const file = join(running.dataDir, 'policy.json')
  writeFileSync(file, JSON.stringify({ existing: { phase: 'shadow' }, password: 'allow' }))
  const planned = await explain('twin-a', '--policy', file)
  expect(planned).toContain('ways to log in: password, upstream, by choice')
  expect(planned).toContain('recorded only')
  expect(stepAt(planned, 'refused there by the person')).toBe('choose-method')
  expect(stepAt(planned, 'back from the upstream')).toBe('ask-person')
  writeFileSync(file, JSON.stringify({ killSwitch: true }))
  const killed = JSON.parse(await explain('twin-a', '--policy', file, '--json'))
  expect(killed.walked).toEqual([{ at: 'at the beginning', step: 'not-offered' }])

  expect(await pias('explain', '--client', 'test-app', '--as', 'nobody', '--personas', personas)).toMatchObject({
    code: 2,
  })
  expect(await running.pias.store.audit.list({ after: 0, limit: 1000 })).toEqual(before)
})

test('the funnel counts who came how far', async () => {
  const today = new Date().toISOString().slice(0, 10)
  const job = running.pias.jobs.find(({ name }) => name === 'funnel')
  await job?.run()
  const counts = JSON.parse((await pias('funnel', '--client', 'by-file', '--since', today, '--json')).stdout)
    .counts as {
    method: string
    step: string
    count: number
  }[]
  const of = (method: string, step: string) => counts.find(one => one.method === method && one.step === step)?.count
  expect(of('choice', 'started')).toBe(2)
  expect(of('itsme', 'away')).toBe(2)
  expect([of('itsme', 'back'), of('itsme', 'linked'), of('itsme', 'finished'), of('itsme', 'left')]).toEqual([
    1, 1, 1, 1,
  ])
  const table = (await pias('funnel', '--client', 'test-app', '--since', today)).stdout.split('\n')
  expect(table[0]).toMatch(/^method +started +away +back/)
  expect(table.some(line => line.startsWith('itsme'))).toBe(true)
  expect(await pias('funnel', '--client', 'test-app', '--since', 'monday')).toMatchObject({ code: 2 })
  expect((await pias('funnel', '--client', 'test-app', '--since', '2999-01-01')).stdout).toBe('nobody was counted\n')
})

test('an account on the list has the upstream whatever the percentage, in the browser where it is known', async () => {
  await set('killSwitch=false', 'password=off', 'existing.phase=default', 'registration.phase=default')
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const request = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const accountId = claimsOf(tokens.id_token).sub
  await set('existing.percentage=0', 'registration.percentage=0', `existing.allow=["${accountId}"]`)
  const again = await browser.get(app.authorize({ prompt: 'login' }).url)
  expect(isUpstream({ location: new URL(again.location ?? '') })).toBe(true)
  const stranger = createHttpBrowser()
  const page = (await stranger.get(app.authorize({ ui_locales: 'en' }).url)).location ?? ''
  expect((await stranger.get(page)).body).toContain('cannot log in here')
  await set('existing.percentage=100', 'registration.percentage=100', 'existing.allow=[]')
})

import { personaLines } from '#examples/customer-data/personas.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { importLines } from '#test/support/import-lines.ts'
import { atApp, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { csrfOf, meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'

/** Lotte deleted her itsme account and made a new one: the same person, another subject (ADR 0057). */
let running: RunningPias
beforeEach(async () => {
  running = await startPias()
})
afterEach(() => running.close())

const login = async (persona: string) => {
  const [app, browser] = [createTestApp(running), createHttpBrowser()]
  const request = app.authorize({ scope: 'openid profile customer offline_access', prompt: 'consent' })
  const tokens = await redeem(app, browser, await logIn(browser, request.url, persona), request)
  return { app, tokens, sub: String(claimsOf(tokens.id_token).sub), browser }
}

/** A record of Lotte's with an invoice of it. */
const invoiceOf = () => {
  const line = personaLines().find(
    ({ lastName, invoiceReferences }) => lastName === 'Vandenbroucke' && invoiceReferences,
  )
  return [line?.customerId ?? '', (line?.invoiceReferences as readonly string[] | undefined)?.[0] ?? ''] as const
}

const proveOwn = async (person: UncertainPerson) => person.prove(...invoiceOf())
const move = async (person: UncertainPerson) => {
  const page = await person.browser.get(person.url())
  return person.browser.post(person.url('/move'), { csrf: csrfOf(page) })
}
const attemptOf = async (uid: string): Promise<Partial<LoginAttempt>> =>
  ((await running.pias.store.attempts.find(uid))?.data ?? {}) as Partial<LoginAttempt>
const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

test('is asked, proves, and goes on with the same account; what the old identity had is over', async () => {
  const old = await login('lotte')
  const passkey = { id: 'synthetic', accountId: old.sub as AccountId, document: '{}', counter: 0, createdAt: 1 }
  await running.pias.store.passkeys.add(passkey, { most: 1, loggedInAt: Date.now() }, [])
  const person = await meetUncertain(running, 'recreated')
  const proved = await proveOwn(person)
  expect([proved.status, proved.location]).toEqual([303, person.url()])
  const page = await person.browser.get(person.url())
  expect([page.status, page.body.includes('/move"')]).toEqual([200, true])

  const done = await move(person)
  // At once, before the new identity's contacts are the account's.
  const due = await running.pias.store.messages.takeDue({ now: Date.now(), leaseMs: 1, limit: 10 })
  expect(due.map(({ content }) => (content as { name: string }).name)).toContain('moved')
  const tokens = await redeem(
    person.app,
    person.browser,
    await person.browser.follow(done.location ?? '', atApp),
    person.request,
  )
  expect(claimsOf(tokens.id_token).sub).toBe(old.sub)
  expect(await running.pias.store.linkChanges.identitiesOf(old.sub as AccountId)).toHaveLength(1)
  expect((await eventsOf('identity.added')).map(({ accountId }) => accountId)).toEqual([old.sub])

  expect(await running.pias.store.passkeys.list(old.sub as AccountId)).toEqual([])
  expect(await eventsOf('passkey.removed')).toHaveLength(1)
  const refreshed = await old.app.token(old.browser, {
    grant_type: 'refresh_token',
    refresh_token: old.tokens.refresh_token,
  })
  expect(refreshed.status).toBe(400)

  const again = await login('recreated')
  expect(again.sub).toBe(old.sub)
})

test('never unasked: without a proof, or when the person leaves, nothing moves', async () => {
  const old = await login('lotte')
  const person = await meetUncertain(running, 'recreated')
  await person.browser.post(person.url('/move'), { csrf: await person.formToken('/prove') })
  await proveOwn(person)
  expect((await person.browser.get(person.url('/cancel'))).status).toBe(303)
  expect(await eventsOf('identity.added')).toEqual([])
  expect((await login('lotte')).sub).toBe(old.sub)
})

test('the old identity does not come back by itself, also with the right proof', async () => {
  const old = await login('lotte')
  const person = await meetUncertain(running, 'recreated')
  await proveOwn(person)
  await move(person)
  const back = await meetUncertain(running, 'lotte')
  await proveOwn(back)
  await move(back)
  const page = await back.browser.get(back.url())
  expect(page.body).not.toContain('/move"')
  expect(await running.pias.store.linkChanges.identitiesOf(old.sub as AccountId)).toHaveLength(1)
  expect((await login('recreated')).sub).toBe(old.sub)
})

test('two clicks in each of two attempts at once move it once, and all of them end in the login', async () => {
  const old = await login('lotte')
  const people = await Promise.all(['recreated', 'recreated'].map(persona => meetUncertain(running, persona)))
  for (const person of people) await proveOwn(person)
  await Promise.all(people.flatMap(person => [move(person), move(person)]))
  expect(await eventsOf('identity.added')).toHaveLength(1)
  for (const { app, browser, request, uid } of people) {
    const { end, returnTo } = await attemptOf(uid)
    expect(end).toEqual({ kind: 'logged-in', accountId: old.sub })
    const tokens = await redeem(app, browser, await browser.follow(returnTo ?? '', atApp), request)
    expect(claimsOf(tokens.id_token).sub).toBe(old.sub)
  }
})

test('an account that is blocked after the proof is not handed over', async () => {
  const old = await login('lotte')
  const person = await meetUncertain(running, 'recreated')
  await proveOwn(person)
  await running.pias.store.accounts.changeAccess({ id: old.sub as AccountId, blocked: true, events: [] })
  await move(person)
  expect(await eventsOf('identity.added')).toEqual([])
  const { end } = await attemptOf(person.uid)
  expect(end).toEqual({ kind: 'stopped', code: 'link.owned_elsewhere' })
})

test('somebody of another name who has the invoice is told nothing', async () => {
  await login('lotte')
  await importLines(running.pias.store, [])
  const stranger = await meetUncertain(running, 'confirm')
  expect((await proveOwn(stranger)).status).toBe(422)
})

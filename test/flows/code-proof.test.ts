import type { LoginAttempt } from '#src/interaction/attempt.ts'
import type { MessageContent } from '#src/messaging/message-content.ts'
import { codeTo } from '#test/support/code-to.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { importLines } from '#test/support/import-lines.ts'
import { appAnswer, atApp, redeem, userinfo } from '#test/support/log-in.ts'
import { OLD_MAIL, RECORD_WITH_OLD_MAIL } from '#test/support/record-with-old-mail.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { comparable, csrfOf, linkAllFound, meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'

/** "Send me a code": the proof by a contact that the person types and a record holds (ADR 0056). */

let running: RunningPias
beforeEach(async () => {
  running = await startPias()
  await importLines(running.pias.store, [RECORD_WITH_OLD_MAIL])
})
afterEach(() => running.close())

const attemptOf = async ({ uid }: UncertainPerson) =>
  (await running.pias.store.attempts.find(uid))?.data as unknown as LoginAttempt

const post = async (person: UncertainPerson, path: string, form: Record<string, string>, page = path) =>
  person.browser.post(person.url(path), { csrf: await person.formToken(page), ...form })

const askFor = (person: UncertainPerson, contact: string) => post(person, '/contact', { contact })
const enter = (person: UncertainPerson, code: string) => post(person, '/code', { code })

const eventsOf = async (type: string) =>
  (await running.pias.store.audit.list({ after: 0, limit: 1000 })).filter(event => event.type === type)

const recordsAtApp = async ({ app, browser, request }: UncertainPerson, location: string | undefined) => {
  const tokens = await redeem(app, browser, await browser.follow(location ?? '', atApp), request)
  return (await userinfo(running, browser, tokens.access_token)).json().customer_accounts
}

test.each([
  ['mail', OLD_MAIL, OLD_MAIL],
  ['text message', '0475/90.80.70', '+32475908070'],
])('by %s: the record is shown with its role only after the proof, and linked', async (_, typed, address) => {
  const person = await meetUncertain(running, 'confirm')
  const asked = await askFor(person, typed)
  expect([asked.status, asked.location]).toEqual([303, person.url('/code')])
  const page = await person.browser.get(person.url('/code'))
  expect(page.body).toContain('autocomplete="one-time-code"')
  expect(page.body).not.toContain('MOB-800001')

  const code = await codeTo(running, address)
  const right = await enter(person, `${code.slice(0, 3)} ${code.slice(3)}`)
  expect([right.status, right.location]).toEqual([303, person.url()])
  const csrf = csrfOf(page)
  const found = await person.browser.get(person.url())
  expect(found.body).toContain('MOB-800001')
  // An older tab has nothing to ask any more.
  for (const form of ['/prove', '/contact', '/code', '/new/code']) {
    const late = await person.browser.post(person.url(form), { csrf })
    expect([form, late.status, late.location]).toEqual([form, 303, person.url()])
  }
  const done = await linkAllFound(person.browser, right)
  expect(await recordsAtApp(person, done.location)).toEqual([
    expect.objectContaining({ customer_id: 'MOB-800001', role: 'user' }),
  ])
  expect(await eventsOf('link.created')).toEqual([
    expect.objectContaining({ data: expect.objectContaining({ method: 'proof' }) }),
  ])
})

test('"not now" links nothing, and what was found stays free', async () => {
  const person = await meetUncertain(running, 'confirm')
  await askFor(person, OLD_MAIL)
  await enter(person, await codeTo(running, OLD_MAIL))
  const later = await post(person, '/found', { decision: 'later', record: 'mobile:MOB-800001' }, '')
  expect(await recordsAtApp(person, later.location)).toEqual([])
  const owners = await running.pias.store.accounts.ownersOf([{ serviceLine: 'mobile', customerId: 'MOB-800001' }])
  expect(owners.size).toBe(0)
})

test('nothing of the pages, the attempts or the queue tells whether a code was sent', async () => {
  const seen = []
  for (const [persona, contact] of [
    ['confirm', OLD_MAIL],
    ['confirm', 'nobody@example.net'],
    ['nora', OLD_MAIL],
    ['confirm', 'an.willems@example.com'],
  ] as const) {
    const person = await meetUncertain(running, persona)
    const empty = comparable(await person.browser.get(person.url('/contact')))
    const asked = await askFor(person, contact)
    const page = await person.browser.get(person.url('/code'))
    const wrong = await enter(person, '12345')
    const shown = [page, wrong].map(answer => {
      const { headers: _lengths, ...same } = comparable(answer)
      return { ...same, body: same.body.replaceAll(contact, 'CONTACT') }
    })
    const { codes = [], proofTries } = await attemptOf(person)
    const kept = codes.map(({ hash, expiresAt }) => [hash.length, typeof expiresAt])
    seen.push({ empty, asked: asked.status, to: asked.location === person.url('/code'), shown, kept, proofTries })
  }
  for (const one of seen) expect(one).toEqual(seen[0])
  const due = await running.pias.store.messages.takeDue({ now: Date.now(), leaseMs: 1000, limit: 10 })
  const contents = due.map(({ content }) => content as unknown as MessageContent)
  expect(contents.map(({ recipient: { to }, silent = false }) => [to, silent]).sort()).toEqual([
    [OLD_MAIL, false],
    [OLD_MAIL, true],
    ['an.willems@example.com', true],
    ['nobody@example.net', true],
  ])
})

test('what no code can be sent to costs nothing and says so', async () => {
  const person = await meetUncertain(running, 'confirm')
  for (const contact of ['', '02 555 12 12', 'an', 'x'.repeat(300)]) {
    expect((await askFor(person, contact)).status).toBe(422)
  }
  expect(await attemptOf(person)).not.toHaveProperty('codes')
  expect((await person.browser.get(person.url('/code'))).location).toBe(person.url('/contact'))
})

describe('hostile use', () => {
  test('five tries in all: codes and invoices together; then even the right code is not looked at', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    const [code, csrf] = [await codeTo(running, OLD_MAIL), await person.formToken('/code')]
    for (let n = 0; n < 3; n++) expect((await enter(person, `00000${n}0`)).status).toBe(422)
    await person.prove('MOB-800001', 'INV-0')
    const fifth = await enter(person, 'abc')
    expect([fifth.status, fifth.location]).toEqual([303, person.url('/code')])
    await person.browser.post(person.url('/code'), { csrf, code })
    const page = await person.browser.get(person.url())
    expect([page.body.includes('MOB-800001'), (await attemptOf(person)).proofTries]).toEqual([false, 5])
    const reasons = (await eventsOf('proof.refused')).map(({ data }) => (data as { reason: string }).reason)
    expect(reasons).toEqual([...Array(5).fill('wrong'), 'locked'])
    await person.browser.post(person.url('/contact'), { csrf, contact: OLD_MAIL })
    expect((await attemptOf(person)).codes).toHaveLength(1)
  })

  test('parallel guesses buy no more tries, and a right code counts once', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    const [code, csrf] = [await codeTo(running, OLD_MAIL), await person.formToken('/code')]
    const send = () => person.browser.post(person.url('/code'), { csrf, code })
    await Promise.all(Array.from({ length: 8 }, send))
    expect((await attemptOf(person)).proved?.kind).toBe('found')
    const replayed = await send()
    expect([replayed.status, replayed.location]).toEqual([303, person.url()])
    expect((await attemptOf(person)).proofTries).toBeLessThanOrEqual(5)
    const page = await person.browser.get(person.url())
    const form = { csrf: csrfOf(page), decision: 'link', record: 'mobile:MOB-800001' }
    const twice = await Promise.all([1, 2].map(() => person.browser.post(person.url('/found'), form)))
    expect(twice.map(({ status }) => status)).toEqual([303, 303])
    expect(await eventsOf('account.opened')).toHaveLength(1)
    const back = await person.browser.post(person.url('/found'), form)
    expect((await person.browser.get(back.location ?? '')).location).toBe((await attemptOf(person)).returnTo)
  })

  test('a code of another attempt, or of another person, is wrong', async () => {
    const first = await meetUncertain(running, 'confirm')
    await askFor(first, OLD_MAIL)
    const code = await codeTo(running, OLD_MAIL)
    for (const persona of ['confirm', 'nora']) {
      const other = await meetUncertain(running, persona)
      await askFor(other, 'nobody@example.net')
      expect((await enter(other, code)).status).toBe(422)
    }
    expect(await eventsOf('proof.refused')).toHaveLength(2)
    expect(await eventsOf('account.opened')).toEqual([])
  })

  test('a contact that left the record meanwhile proves nothing, with the right code', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    const code = await codeTo(running, OLD_MAIL)
    await importLines(running.pias.store, [{ ...RECORD_WITH_OLD_MAIL, emails: ['thief@example.org'] }])
    expect((await enter(person, code)).status).toBe(422)
    expect(await eventsOf('proof.refused')).toHaveLength(1)
  })

  test('there is no session before the link is written', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    await enter(person, await codeTo(running, OLD_MAIL))
    const early = (await person.browser.follow((await attemptOf(person)).returnTo, atApp)).at(-1)
    expect([early?.status, appAnswer(early)]).toEqual([200, {}])
    const silent = await person.browser.get(person.app.authorize({ prompt: 'none' }).url)
    expect(appAnswer(silent).error).toBe('login_required')
    expect(await eventsOf('account.opened')).toEqual([])
  })

  test('who proves nothing sees nothing: the pages behind a proof are not there before it', async () => {
    const person = await meetUncertain(running, 'confirm')
    const csrf = await person.formToken('/contact')
    for (const path of ['/found', '/move']) {
      const answer = await person.browser.post(person.url(path), {
        csrf,
        decision: 'link',
        record: 'mobile:MOB-800001',
      })
      expect([answer.status, answer.location]).toEqual([303, person.url()])
    }
    expect(await eventsOf('account.opened')).toEqual([])
  })

  test('forms without the token, or from elsewhere, are refused', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    const form = { contact: OLD_MAIL, code: '123456', decision: 'link' }
    for (const path of ['/contact', '/code', '/code/again', '/found', '/move']) {
      expect([path, (await person.browser.post(person.url(path), form)).status]).toEqual([path, 403])
      expect([path, (await createHttpBrowser().post(person.url(path), form)).status]).toEqual([path, 400])
    }
    expect((await attemptOf(person)).codes).toHaveLength(1)
  })

  test('another code is sent at most five times in one attempt, and it looks the same', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    for (let n = 0; n < 6; n++) {
      const again = await post(person, '/code/again', {}, '/code')
      expect([again.status, again.location]).toEqual([303, person.url('/code')])
    }
    expect((await attemptOf(person)).codes).toHaveLength(5)
  })

  test('a proof opens nothing once the person has left', async () => {
    const person = await meetUncertain(running, 'confirm')
    await askFor(person, OLD_MAIL)
    await enter(person, await codeTo(running, OLD_MAIL))
    const csrf = csrfOf(await person.browser.get(person.url()))
    const cancelled = await person.browser.get(person.url('/cancel'))
    expect(cancelled.status).toBe(303)
    const form = { csrf, decision: 'link', record: 'mobile:MOB-800001' }
    expect((await person.browser.post(person.url('/found'), form)).status).toBe(303)
    expect(await eventsOf('account.opened')).toEqual([])
  })
})

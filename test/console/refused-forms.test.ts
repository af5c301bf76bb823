import { createAdmins } from '#src/admin/admins.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, type RunningConsole, registerApp, startConsole } from './support.ts'

/** A page of many forms of which one is refused: what is wrong and what was typed stand at that one, and nowhere else. */
let admin: RunningConsole
let owner: HttpBrowser
let thomas: string

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  thomas = (await admin.login('thomas')).accountId
})
afterAll(() => admin.close())

type Form = { title: string; errors: number; values: Record<string, string>; html: string }

/** The forms of a page, by the title above each. */
const formsOf = (body: string): readonly Form[] =>
  body
    .split('<section class="block"')
    .slice(1)
    .filter(part => part.includes('<form method="post"'))
    .map(part => {
      const action = /action="([^"]+)"/.exec(part)?.[1] ?? ''
      return {
        title: />([^<]+)<\/h2>/.exec(part)?.[1] ?? '',
        errors: [...part.matchAll(/class="field-error"/g)].length,
        values: Object.fromEntries(filledIn(part, action)),
        html: part,
      }
    })

const named = (forms: readonly Form[], title: string): Form => {
  const form = forms.find(one => one.title === title)
  if (form === undefined) throw new Error(`no form ${title} among ${forms.map(one => one.title)}`)
  return form
}

/** The ids that the links of the notice on top lead to. */
const ledTo = (body: string): string[] =>
  [...(/notice-bad.*?<\/div>/s.exec(body)?.[0].matchAll(/href="#([^"]+)"/g) ?? [])].map(([, id = '']) => id)

/** The page after a form of it was refused: that form, and the others. */
const refused = (body: string, title: string) => {
  const forms = formsOf(body)
  const form = named(forms, title)
  return { form, others: forms.filter(one => one !== form), link: ledTo(body)[0] ?? '' }
}

const LONG = 'a synthetic reason '.repeat(40).trim()

test('of the forms of an account that ask why, the one that was sent says what is wrong, and keeps what was typed', async () => {
  const page = `/people/${thomas}`
  for (const [operation, title] of [
    ['reveal', 'Reveal name and numbers'],
    ['endLogins', 'End all logins'],
    ['blockAccount', 'Block the account'],
  ] as const) {
    const answer = await admin.submit(owner, page, `${page}/${operation}`, { reason: LONG })
    expect(answer.status).toBe(422)
    const { form, others, link } = refused(answer.body, title)
    expect([form.errors, form.values.reason]).toEqual([1, LONG])
    expect(others.map(({ errors, values }) => [errors, values.reason])).toEqual([
      [0, ''],
      [0, ''],
    ])
    expect(form.html).toContain(`id="${link}"`)
  }
})

test('of several forms of one operation the kind tells which was sent, also after its preview', async () => {
  const page = `/people/${thomas}/links`
  const typed = { kind: 'unlink', serviceLine: 'tv', customerId: 'TV-000000', reason: 'a synthetic reason' }
  const none = await admin.submit(owner, page, `${page}/preview`, typed)
  expect([none.status, formsOf(none.body).length]).toEqual([409, 3])
  const wrong = await admin.submit(owner, page, `${page}/preview`, { ...typed, customerId: '' })
  expect(wrong.status).toBe(422)
  for (const { body } of [none, wrong]) {
    const { form, others } = refused(body, 'Unlink a record')
    expect(form.values).toMatchObject({ serviceLine: 'tv', reason: typed.reason })
    expect(others.map(({ errors, values }) => [errors, values.reason, values.customerId ?? ''])).toEqual([
      [0, '', ''],
      [0, '', ''],
    ])
  }
  const { form, link } = refused(wrong.body, 'Unlink a record')
  expect([form.errors, form.html.includes(`id="${link}"`)]).toEqual([1, true])

  const [record] = await admin.running.pias.store.accounts.customersOf(thomas as never)
  const own = { kind: 'unlink', serviceLine: record?.serviceLine ?? '', customerId: record?.customerId ?? '' }
  // A reason that would not do is told before anything is looked at.
  const short = refused(
    (await admin.submit(owner, page, `${page}/preview`, { ...own, reason: 'x' })).body,
    'Unlink a record',
  )
  expect([short.form.errors, short.form.values.reason, short.link]).toEqual([1, 'x', expect.stringMatching(/-reason$/)])
  const preview = await admin.submit(owner, page, `${page}/preview`, { ...own, reason: typed.reason })
  expect(preview.body).toContain('What moves')
  const hidden = Object.fromEntries(filledIn(preview.body, `${page}/do`))
  const done = await owner.post(`${admin.origin}${page}/do`, { ...hidden, reason: 'x' })
  expect(done.status).toBe(422)
  const again = refused(done.body, 'Unlink a record')
  expect([again.form.errors, again.form.values]).toEqual([1, expect.objectContaining({ ...own, reason: 'x' })])
  expect(again.form.html).toContain(`id="${again.link}"`)
  expect(again.others.every(({ errors, values }) => errors === 0 && values.reason === '')).toBe(true)
})

test('rules that were compared can be put in force after the reason is mended; rolling back is told nothing of it', async () => {
  const compare = () => admin.submit(owner, '/rules', '/rules/compare', { errorBudget: '1000000' })
  const activate = async (body: string, reason: string) =>
    owner.post(`${admin.origin}/rules/activate`, {
      ...Object.fromEntries(filledIn(body, '/rules/activate')),
      reason,
    })
  expect((await activate((await compare()).body, 'a synthetic start')).status).toBe(303)
  const answer = await activate((await compare()).body, 'x')
  expect(answer.status).toBe(422)
  const { form, others, link } = refused(answer.body, 'Put it in force')
  expect([form.errors, form.values.reason, form.html.includes(`id="${link}"`)]).toEqual([1, 'x', true])
  expect(answer.body).toMatch(/What would be in force.*1 in 1,000,000/s)
  expect(others.map(({ title, errors }) => [title, errors])).toEqual([
    ['Compare with other rules', 0],
    ['Roll back', 0],
  ])
  expect(named(others, 'Roll back').values.reason).toBe('')
  // What decides is not looked at: it is what the form asked for.
  expect(named(others, 'Compare with other rules').values).toMatchObject({ version: '', people: '500' })
  expect((await activate(answer.body, 'a synthetic change')).status).toBe(303)
})

test('what is wrong with a line of the rollout stands beside its list, with the line', async () => {
  const page = '/clients/test-app/rollout'
  const allow = `somebody\n${'x'.repeat(200)}`
  const answer = await admin.submit(owner, page, `${page}/preview`, { existing_allow: allow, reason: 'typed' })
  expect(answer.status).toBe(422)
  const { form, link } = refused(answer.body, 'Change the rollout')
  expect([form.errors, form.values.reason, form.values.existing_allow]).toEqual([1, 'typed', allow])
  expect(link).toMatch(/-existing_allow$/)
  expect(form.html).toMatch(/existing_allow-error">x{200} must have at most/)
})

test('days that a secret cannot be valid for are told at the days', async () => {
  const app = await registerApp(admin, owner, {
    client_id: 'shop',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://shop.example/cb'],
  })
  const answer = await admin.submit(owner, `${app}/secrets`, `${app}/secrets`, { days: 'a few' })
  const { form, others, link } = refused(answer.body, 'Make another secret')
  expect([answer.status, form.errors, form.values.days]).toEqual([422, 1, 'a few'])
  expect([link, others.map(({ errors }) => errors)]).toEqual([expect.stringMatching(/-days$/), [0]])
})

test('roles that were chosen are chosen still where the change is refused after the question', async () => {
  const choice = { accountId: thomas, roles: ['linker', 'support'], reason: 'a synthetic reason' }
  const fields = async () => {
    const { body } = await owner.get(`${admin.origin}/admins`)
    return [
      ...filledIn(body, '/admins').filter(([name]) => !(name in choice)),
      ...Object.entries(choice).flatMap(([name, value]) => [value].flat().map(one => [name, one])),
    ]
  }
  const send = (sent: string[][]) =>
    owner.send('POST', `${admin.origin}/admins`, new URLSearchParams(sent as [string, string][]).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: admin.origin,
      'sec-fetch-site': 'same-origin',
    })
  const question = await send(await fields())
  expect(question.body).toContain('name="sure"')
  // Somebody is faster.
  const admins = createAdmins({ ...admin.running.pias.store, clock: Date.now })
  const { version } = await admins.list()
  await admins.setRoles({ accountId: thomas, roles: ['viewer'], version, by: 'test', reason: 'a synthetic reason' })
  const answer = await send(filledIn(question.body, '/admins'))
  expect(answer.status).toBe(412)
  expect(filledIn(answer.body, '/admins').filter(([name]) => name === 'roles' || name === 'reason')).toEqual([
    ['roles', 'support'],
    ['roles', 'linker'],
    ['reason', 'a synthetic reason'],
  ])
})

import { DEFAULT_MODEL } from '#src/matching/model.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, type RunningConsole, startConsole } from './support.ts'

/** The rules of matching on the console: compared, put in force, rolled back. */
let admin: RunningConsole
let owner: HttpBrowser

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

const read = async () => (await owner.get(`${admin.origin}/rules`)).body

test('other rules are compared before they decide, put in force for a reason, and rolled back', async () => {
  const before = await read()
  expect((await owner.get(`${admin.origin}/rules?watch=1`)).body).toContain('linked: 1')
  expect(before).toContain(DEFAULT_MODEL.version)
  expect(before).toContain('1 in 10,000')
  expect(before).not.toContain('action="/rules/back"')
  expect(before).toContain('Nothing ever: the model that is built in decides.')
  const lax = await admin.submit(owner, '/rules', '/rules/compare', { errorBudget: '10' })
  expect([lax.status, lax.body]).toEqual([422, expect.stringContaining('value="10"')])
  expect(lax.body).toContain('must be a number, at least 1,000')
  const none = await admin.submit(owner, '/rules', '/rules/compare', { errorBudget: '0' })
  expect([none.status, none.body]).toEqual([422, expect.stringContaining('must be a number, at least 1,000')])

  const compared = await admin.submit(owner, '/rules', '/rules/compare', { errorBudget: '1000000000000000' })
  expect([compared.status, compared.body]).toEqual([200, expect.stringContaining('linked → asked for a proof')])
  expect(compared.body).toContain('Nothing is changed yet')
  expect(compared.body).toMatch(/It is not certain enough/)
  const [record] = await admin.running.pias.store.accounts.customersOf((await admin.login('lotte')).accountId as never)
  expect(compared.body).not.toContain(record?.customerId)
  const put = (more: Record<string, string>) =>
    owner.post(`${admin.origin}/rules/activate`, {
      ...Object.fromEntries(filledIn(compared.body, '/rules/activate')),
      ...more,
    })
  expect((await put({})).status).toBe(422)
  expect((await put({ reason: 'a synthetic trial' })).location).toBe(`${admin.origin}/rules?done=rules`)
  // The page was overtaken by what it did itself.
  expect((await put({ reason: 'a synthetic trial' })).status).toBe(412)
  expect(await read()).toContain('1 in 1,000,000,000,000,000')
  const back = await admin.submit(owner, '/rules', '/rules/back', { reason: 'it asked everybody' })
  expect(back.location).toBe(`${admin.origin}/rules?done=rules-back`)
  const after = await read()
  // Both are told, who did them and why, though the built-in model decides again.
  const { accountId } = await admin.login('lotte')
  expect(after).toMatch(
    new RegExp(
      `rolled back.*${DEFAULT_MODEL.version}.*as before.*${accountId}.*it asked everybody.*` +
        `put in force.*1 in 1,000,000,000,000,000.*${accountId}.*a synthetic trial`,
      's',
    ),
  )
  expect(after).not.toContain('action="/rules/back"')
})

test('decisions that were only recorded are counted apart from those that were acted on', async () => {
  const { audit } = admin.running.pias.store
  const compare = () => admin.submit(owner, '/rules', '/rules/compare', { errorBudget: '1000000000000000' })
  expect((await compare()).body).not.toContain('Shadow: decisions that were only recorded')
  const [decided] = await audit.search({ type: 'link.decided', limit: 1 })
  const { sequence: _, accountId: __, ...event } = decided as FoundAuditEvent
  await audit.append([1, 2, 3].map(() => ({ ...event, type: 'link.shadowed' })))
  const { body } = await compare()
  const text = body.replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' ')
  expect(text).toContain('Decisions weighed anew: 1, and 3 that were only recorded.')
  expect(text).toMatch(/Decisions that were acted on: outcomes .*? linked → asked for a proof 1 /)
  expect(text).toMatch(/Shadow: decisions that were only recorded: outcomes .*? linked → asked for a proof 3 /)
})

import { addSecondLogin } from '#test/support/add-second-login.ts'
import { codeTo } from '#test/support/code-to.ts'
import { importLines } from '#test/support/import-lines.ts'
import { OLD_MAIL, RECORD_WITH_OLD_MAIL } from '#test/support/record-with-old-mail.ts'
import { linkAllFound, meetUncertain, type UncertainPerson } from '#test/support/uncertain.ts'
import { type RunningApi, startApi } from './api-client.ts'

/** Why a record is linked: by what proof, who moved it since, and the evidence that moved with it. */
let api: RunningApi
beforeEach(async () => {
  api = await startApi()
  await importLines(api.admin.running.pias.store, [RECORD_WITH_OLD_MAIL])
})
afterEach(() => api.close())

type Links = { links: Record<string, unknown>[]; decisions: { event: number }[] }

const why = async (accountId: string) => (await api.invoke('whyLinked', { params: { accountId } })).json<Links>()
const act = (request: object, reason: string) => api.invoke('changeLinks', { body: { request, reason } })

const openedLast = async (): Promise<string> => {
  const [opened] = await api.admin.running.pias.store.audit.search({ type: 'account.opened', limit: 1 })
  return opened?.accountId ?? ''
}

const byInvoice = (person: UncertainPerson) => person.prove('INT-200001', 'INV-2025-0200001')

const byContact = async (person: UncertainPerson) => {
  const send = async (path: string, form: Record<string, string>) =>
    person.browser.post(person.url(path), { csrf: await person.formToken(path), ...form })
  await send('/contact', { contact: OLD_MAIL })
  return linkAllFound(person.browser, await send('/code', { code: await codeTo(api.admin.running, OLD_MAIL) }))
}

test.each([
  ['invoice', byInvoice, { serviceLine: 'internet', customerId: 'INT-200001' }],
  ['contact', byContact, { serviceLine: 'mobile', customerId: 'MOB-800001' }],
])('a record that was proved says that it was by %s, with the decision of then', async (proof, prove, record) => {
  expect((await prove(await meetUncertain(api.admin.running, 'confirm'))).status).toBe(303)
  const accountId = await openedLast()
  const { links, decisions } = await why(accountId)
  const link = { serviceLine: record.serviceLine, method: 'proof', proof, acts: [], decision: decisions[0]?.event }
  expect(links).toMatchObject([{ ...link, evidence: { verdict: 'linked' } }])
  const ofRecord = await api.invoke('whyRecord', { body: record })
  expect(ofRecord.json()).toMatchObject({ owner: accountId, link, decisions: [{}, {}] })
  expect(JSON.stringify(links)).not.toContain(record.customerId)
})

test('a record that an admin linked says who and why; an earlier link of it says nothing any more', async () => {
  const { accountId } = api.guest
  const record = { serviceLine: 'tv', customerId: 'TV-SYNTHETIC-7' }
  await act({ kind: 'link', account: accountId, record }, 'a first mistake')
  await act({ kind: 'unlink', record }, 'a first mistake, mended')
  const made = await act({ kind: 'link', account: accountId, record }, 'a synthetic letter')
  const link = {
    method: 'admin',
    acts: [{ id: made.json().id, kind: 'link', by: api.owner.accountId, reason: 'a synthetic letter' }],
  }
  expect((await why(accountId)).links).toMatchObject([link])
  expect((await api.invoke('whyRecord', { body: record })).json()).toMatchObject({ link, decisions: [] })
})

test('a record that was split off still tells its evidence, whose it was and who moved it; so once it is back', async () => {
  const { accountId } = api.other
  const { store } = api.admin.running.pias
  const [linked] = await store.accounts.customersOf(accountId as never)
  const { serviceLine = '', customerId = '' } = linked ?? {}
  const record = { serviceLine, customerId }
  const before = (await why(accountId)).links[0]
  expect(before).toMatchObject({ method: 'match', acts: [], evidence: {}, decision: expect.any(Number) })
  const login = await addSecondLogin(store, accountId)
  const request = { kind: 'split', account: accountId, identities: [login.subject], records: [record] }
  const split = await act(request, 'a synthetic couple')
  const [{ to }] = split.json<{ moves: [{ to: string }] }>().moves
  const acts = [{ id: split.json().id, kind: 'split', by: api.owner.accountId, from: accountId }]
  const { evidence, decision } = before as { evidence: object; decision: number }
  const there = await why(to)
  expect(there).toMatchObject({ links: [{ method: 'match', evidence, acts }], decisions: [] })
  expect(there.links[0]).not.toHaveProperty('decision')
  // Asked of the record, the decision about whoever had it then is told, too.
  const ofRecord = await api.invoke('whyRecord', { body: record })
  expect(ofRecord.json()).toMatchObject({
    owner: to,
    link: { acts, decision },
    decisions: [{ event: decision, account: accountId, records: [{ verdict: 'linked' }] }],
  })
  await act({ kind: 'undo', change: split.json().id }, 'one person after all')
  const back = (await why(accountId)).links.find(one => one.decision === decision)
  expect(back).toMatchObject({
    evidence,
    acts: [
      { kind: 'undo', from: to },
      { kind: 'split', from: accountId },
    ],
  })
})

import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import { maskText } from '#src/audit/mask.ts'
import { fieldWord } from '#src/console/matching-words.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { DecisionRecord } from '#src/linking/decision-record.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import { addSecondLogin } from '#test/support/add-second-login.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { itsmeSubject } from '#test/support/itsme-subject.ts'
import { becomeOwner, filledIn, isQuestion, type RunningConsole, startConsole } from './support.ts'

/** People and their links on the console, by its pages alone. */
let admin: RunningConsole
let owner: HttpBrowser
let lotte: string
let thomas: string

/** Accounts of nobody who works here: whoever loses something by an act is logged out. */
const GUEST = 'synthetic-guest'
const OTHER = 'synthetic-other'

const openAccount = (id: string, customers: readonly CustomerLink[] = []) =>
  admin.running.pias.store.accounts.open({
    account: { id: id as never, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic Guest' } },
    identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: id },
    customers,
    events: [],
  })

const addLogin = (id: string) => addSecondLogin(admin.running.pias.store, id)

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  lotte = (await admin.login('lotte')).accountId
  thomas = (await admin.login('thomas')).accountId
  await admin.give(thomas, ['linker'])
  await openAccount(GUEST)
  await openAccount(OTHER)
})
afterAll(() => admin.close())

const read = async (path: string, browser = owner): Promise<string> =>
  (await browser.get(`${admin.origin}${path}`)).body

const recordsOf = async (accountId: string) => admin.running.pias.store.accounts.customersOf(accountId as never)

/** Sends a form of a page as it is, as its button does. */
const confirm = (page: string, action: string, browser = owner) =>
  browser.post(`${admin.origin}${action}`, Object.fromEntries(filledIn(page, action)))

test('somebody is found by number, account and reference, masked; revealed for a reason', async () => {
  const [record] = await recordsOf(lotte)
  const number = record?.customerId ?? ''
  const found = await admin.submit(owner, '/people', '/people', { by: 'customerNumber', value: number })
  expect(found.body).toContain(`href="/people/${lotte}"`)
  expect(found.body).toContain('L… M… V…')
  // It stands in the field it was typed into, and nowhere else.
  expect(found.body.split(number)).toHaveLength(2)
  expect((await admin.submit(owner, '/people', '/people', { by: 'account', value: lotte })).body).toContain('L… M… V…')
  // By what itsme calls the person, and by what the page of the account shows.
  const [identity] = await admin.running.pias.store.linkChanges.identitiesOf(lotte as never)
  expect(await read(`/people/${lotte}`)).toContain(`${identity?.subject}`)
  for (const value of [itsmeSubject('lotte'), `${identity?.subject}`]) {
    const byReference = await admin.submit(owner, '/people', '/people', { by: 'upstreamSubject', value })
    expect(byReference.body).toContain(`href="/people/${lotte}"`)
  }
  const nobody = await admin.submit(owner, '/people', '/people', { by: 'upstreamSubject', value: 'nobody' })
  expect(nobody.body).toContain('Nobody is linked to this')

  const path = `/people/${lotte}`
  expect(await read(path)).not.toContain(number)
  const unexplained = await admin.submit(owner, path, `${path}/reveal`, { reason: '' })
  expect([unexplained.status, unexplained.body.includes(number)]).toEqual([422, false])
  // Every form of the page asks why: what is wrong is told of the one that was sent.
  for (const act of ['reveal', 'endLogins', 'blockAccount']) {
    const { body } = await admin.submit(owner, path, `${path}/${act}`, { reason: '' })
    const linked = /<a href="#(part-\d+-reason)">/.exec(body)?.[1]
    const form = body.split('<form ').find(part => part.includes(`action="${path}/${act}"`)) ?? ''
    expect([act, /id="(part-\d+-reason)"/.exec(form)?.[1]]).toEqual([act, linked])
  }
  const revealed = await admin.submit(owner, path, `${path}/reveal`, { reason: 'a synthetic complaint' })
  expect([revealed.status, revealed.body]).toEqual([200, expect.stringContaining(number)])
  expect(await read(`${path}/timeline`)).toContain('Account opened')
  expect(await read(`${path}/timeline`)).not.toContain(number)
  expect((await owner.get(`${admin.origin}/people/nobody`)).status).toBe(404)
})

test('records are found by name with a date of birth or a postal code, masked, by a role that mends', async () => {
  const [record] = await recordsOf(lotte)
  const name = { givenName: 'Lotte', familyName: 'Van den Broucke' }
  const alone = await admin.submit(owner, '/people', '/people/name', name)
  expect([alone.status, alone.body]).toEqual([422, expect.stringContaining('a name alone is that of too many')])
  expect(alone.body).toContain('value="Van den Broucke"')
  const byPlace = await admin.submit(owner, '/people', '/people/name', { ...name, postalCode: '1000' })
  const byDate = await admin.submit(owner, '/people', '/people/name', { ...name, birthDate: '1988-03-14' })
  for (const { status, body } of [byPlace, byDate]) {
    expect([status, body]).toEqual([200, expect.stringContaining(`href="/people/${lotte}"`)])
    expect(body).toContain('L… V…')
    expect(body).not.toContain(record?.customerId)
    expect(body).not.toContain('Zennestraat')
  }
  const nobody = { givenName: 'Xavier', familyName: 'Zzyzx', postalCode: '9999' }
  expect((await admin.submit(owner, '/people', '/people/name', nobody)).body).toContain('No record fits')
  // The trail knows that somebody looked, and not for whom.
  const [looked] = await admin.running.pias.store.audit.search({ type: 'admin.looked', limit: 1 })
  expect(looked?.data).toEqual({ operation: 'searchRecords', by: lotte })
})

test('who looks at too many customer numbers is told so on the page, and shown nothing', async () => {
  const [record] = await recordsOf(lotte)
  const number = record?.customerId ?? ''
  const linker = await admin.signIn('thomas')
  await admin.running.pias.store.limits.hit(`customer-number ${thomas}`, 3600, 120)
  const body = { serviceLine: record?.serviceLine ?? '', customerId: number }
  const refused = [
    await admin.submit(linker, '/people', '/people', { by: 'customerNumber', value: number }),
    await admin.submit(linker, '/people', '/people/record', body),
  ]
  for (const page of refused) {
    expect([page.status, page.headers['retry-after']]).toEqual([429, expect.stringMatching(/^3[56]\d\d$/)])
    expect(page.body).toContain('That was too often for now')
    expect(page.body).toContain('120 looks by customer number')
    expect(page.body).not.toContain(`href="/people/${lotte}"`)
  }
})

test('why a record is linked is told field by field, and why another is not', async () => {
  const page = await read(`/people/${lotte}/why`)
  const [decision] = (
    await admin.running.pias.store.audit.search({ accountId: lotte, type: 'link.decided', limit: 1 })
  ).map(
    ({ data }) =>
      (
        data as unknown as {
          decision: { ruleVersion: string; records: { verdict: string; fields: { field: string }[] }[] }
        }
      ).decision,
  )
  expect(page).toContain(decision?.ruleVersion)
  const fields = decision?.records[0]?.fields ?? []
  expect(fields.length).toBeGreaterThan(3)
  for (const { field } of fields) expect(page).toContain(`<span>${fieldWord(field)}</span>`)
  expect(page).not.toContain('firstName')
  // A bar for each field, one for the beginning and one for the margin, of each record; those that are linked once more.
  const bars = (decision?.records ?? []).reduce(
    (sum, { fields: { length }, verdict }) => sum + (length + 2) * (verdict === 'linked' ? 2 : 1),
    0,
  )
  expect(page.split('class="bar ')).toHaveLength(bars + 1)
  expect(page).toContain('accepted is 1 in 10,000')

  const [linked] = await recordsOf(lotte)
  const body = { serviceLine: linked?.serviceLine ?? '', customerId: linked?.customerId ?? '' }
  const why = await admin.submit(owner, '/people', '/people/record', body)
  expect(why.body).toContain('It is linked to an account')
  const nobodys = await admin.submit(owner, '/people', '/people/record', { serviceLine: 'tv', customerId: 'TV-NOBODY' })
  expect(nobodys.body).toContain('This record has no owner')
})

test('how each record came here is told: proof, who moved it and why, and the evidence', async () => {
  const { store } = admin.running.pias
  const [found] = await recordsOf(thomas)
  if (found === undefined) throw new Error('nothing is linked')
  const { linkedAt: _at, customerId: _number, evidence, ...of } = found
  const customer = { ...of, customerId: 'SYNTHETIC-0815', method: 'proof' as const }
  await openAccount('synthetic-proved', [{ ...customer, evidence: { ...(evidence as object), proof: 'invoice' } }])
  const whole = await read('/people/synthetic-proved/why')
  expect(whole).toMatch(/proved by the person.*by a customer number and the reference of an invoice/s)
  expect(whole).toContain('Matching decided nothing about this account')
  expect(whole).not.toContain('Who moved')
  const login = await addSecondLogin(store, 'synthetic-proved')
  const record = { serviceLine: customer.serviceLine, customerId: customer.customerId }
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId })
  const request = {
    kind: 'split',
    account: 'synthetic-proved' as AccountId,
    identities: [login],
    records: [record],
  } as const
  const split = await changes.request(request, { by: thomas, reason: 'a synthetic couple' })
  if (split.kind !== 'done') throw new Error('nothing was split')
  const holder = (await store.accounts.ownersOf([record])).values().next().value ?? ''
  for (const page of [
    await read(`/people/${holder}/why`),
    (await admin.submit(owner, '/people', '/people/record', record)).body,
  ]) {
    expect(page).toContain('by a customer number and the reference of an invoice')
    expect(page).toContain('Split off a login')
    expect(page).toMatch(
      new RegExp(
        `href="/link-changes/${split.change.id}".*${thomas}.*href="/people/synthetic-proved".*a synthetic couple`,
        's',
      ),
    )
    expect(page).toContain('Evidence for')
    expect(page).not.toContain(record.customerId)
  }
})

test('of many decisions the newest are told, and that there are older ones, with the way to them', async () => {
  const { audit } = admin.running.pias.store
  const [decided] = await audit.search({ type: 'link.decided', accountId: lotte, limit: 1 })
  const { sequence: _, ...event } = decided as FoundAuditEvent
  await openAccount('synthetic-often')
  await audit.append(
    Array.from({ length: 15 }, (_one, index) => ({
      ...event,
      accountId: 'synthetic-often',
      at: 1000 + index * 60_000,
    })),
  )
  const path = '/people/synthetic-often/why'
  const whole = await read(path)
  expect(whole).toContain('the newest 10 decisions')
  const timesOf = (page: string) => [...page.matchAll(/Decided ([^<]+)</g)].map(([, time]) => time)
  expect(timesOf(whole)).toHaveLength(10)
  const older = /href="([^"]+)"[^>]*>\s*Older decisions/.exec(whole)?.[1] ?? ''
  const rest = await read(older)
  expect(rest).toContain('5 decisions before these')
  expect(new Set([...timesOf(whole), ...timesOf(rest)]).size).toBe(15)
  expect(rest).not.toContain('Older decisions')
  expect(rest).toContain(`href="${path}"`)
})

test('older decisions about a record are a button away, and its number stands in no address', async () => {
  const { audit } = admin.running.pias.store
  const [decided] = await audit.search({ type: 'link.decided', accountId: lotte, limit: 1 })
  const { sequence: _, ...event } = decided as FoundAuditEvent
  const { decision } = event.data as unknown as { decision: DecisionRecord }
  const record = { serviceLine: 'tv', customerId: 'TV-OFTEN' } as const
  const data = { decision: { ...decision, records: decision.records.slice(0, 1).map(one => ({ ...one, ...record })) } }
  await audit.append(
    Array.from({ length: 30 }, (_one, index) => ({
      ...event,
      at: 1000 + index * 60_000,
      data: data as never,
      records: [customerKeyOf(record)],
    })),
  )
  const timesOf = (page: string) => [...page.matchAll(/Decided ([^<]+)</g)].map(([, time]) => time)
  const newest = await admin.submit(owner, '/people', '/people/record', record)
  expect(timesOf(newest.body)).toHaveLength(25)
  expect(newest.body).not.toMatch(/(href|action)="[^"]*TV-OFTEN/)
  const older = await confirm(newest.body, '/people/record')
  expect(new Set([...timesOf(newest.body), ...timesOf(older.body)]).size).toBe(30)
  expect(older.body).not.toContain('Older decisions')
})

test('a record is linked and unlinked after a preview, and each act is undone', async () => {
  const path = `/people/${GUEST}/links`
  const asked = { serviceLine: 'tv', customerId: 'TV-SYNTHETIC', reason: 'a synthetic letter' }
  const linkForm = async (more: Record<string, string>) =>
    admin.submit(owner, path, `${path}/preview`, { kind: 'link', ...asked, ...more })
  const empty = await linkForm({ customerId: '' })
  expect([empty.status, empty.body]).toEqual([422, expect.stringContaining('Customer number: is missing')])
  const preview = await linkForm({})
  expect(preview.body).toContain('Nothing is done yet')
  expect(await recordsOf(GUEST)).not.toContainEqual(expect.objectContaining({ customerId: 'TV-SYNTHETIC' }))
  const done = await confirm(preview.body, `${path}/do`)
  expect(done.location).toBe(`${admin.origin}${path}?done=changed`)
  expect(await recordsOf(GUEST)).toContainEqual(
    expect.objectContaining({ customerId: 'TV-SYNTHETIC', method: 'admin' }),
  )
  // Pressed twice: once.
  expect((await confirm(preview.body, `${path}/do`)).status).toBe(303)

  const change = /href="(\/link-changes\/[\w-]+)"/.exec(await read(path))?.[1] ?? ''
  const undone = await admin.submit(owner, change, `${change}/undo`, { reason: 'it was another one' })
  expect(undone.location).toBe(`${admin.origin}${change}?done=changed`)
  expect(await recordsOf(GUEST)).not.toContainEqual(expect.objectContaining({ customerId: 'TV-SYNTHETIC' }))
  expect(await read(change)).toContain('undone')
})

test('a record is linked in the role that is chosen, or that it has itself, and comes back in the role that it had', async () => {
  const { store } = admin.running.pias
  const [own] = await recordsOf(thomas)
  const { serviceLine = '', customerId = '', role } = own ?? {}
  expect(role).toBe('holder')
  const path = `/people/${thomas}/links`
  const run = async (kind: string, more: Record<string, string> = {}) => {
    const asked = { kind, serviceLine, customerId, reason: 'a synthetic letter', ...more }
    const preview = await admin.submit(owner, path, `${path}/preview`, asked)
    expect((await confirm(preview.body, `${path}/do`)).location).toBe(`${admin.origin}${path}?done=changed`)
    return preview.body
  }
  const linked = async () =>
    (await store.accounts.customersOf(thomas as never)).find(one => one.customerId === customerId)
  await run('unlink')
  expect(await run('link')).toContain('as holder')
  expect(await linked()).toMatchObject({ role: 'holder' })
  await run('unlink')
  expect(await run('link', { role: 'user' })).toContain('as user')
  expect(await linked()).toMatchObject({ role: 'user' })
})

test('a record that moved since the preview is not taken from whom it has passed to', async () => {
  const [path, asked] = [`/people/${GUEST}/links`, { serviceLine: 'tv', customerId: 'TV-MOVED' } as const]
  const { store } = admin.running.pias
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId })
  const author = { by: 'admin-1', reason: 'a synthetic letter' }
  await changes.request({ kind: 'link', account: GUEST as AccountId, record: asked }, author)
  const preview = await admin.submit(owner, path, `${path}/preview`, { kind: 'unlink', ...asked, reason: 'not theirs' })
  await changes.request({ kind: 'unlink', record: asked }, author)
  await changes.request({ kind: 'link', account: OTHER as AccountId, record: asked }, author)

  const seen = { customerId: 'TV-MOVED' }
  const late = await confirm(preview.body, `${path}/do`)
  expect([late.status, late.body]).toEqual([200, expect.stringContaining('Something has moved since you looked')])
  expect(late.body).toContain(OTHER)
  expect(await recordsOf(OTHER)).toContainEqual(expect.objectContaining(seen))
  // Who wants it all the same has seen whose it is.
  expect((await confirm(late.body, `${path}/do`)).location).toBe(`${admin.origin}${path}?done=changed`)
  expect(await recordsOf(OTHER)).not.toContainEqual(expect.objectContaining(seen))
})

test('a merge waits for somebody else, and is undone without loss', async () => {
  const linker = await admin.signIn('thomas')
  const { store } = admin.running.pias
  const record = { serviceLine: 'tv', customerId: 'TV-TO-MERGE' } as const
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId })
  const author = { by: 'admin-1', reason: 'a synthetic letter' }
  await changes.request({ kind: 'link', account: GUEST as AccountId, record, role: 'holder' }, author)
  const path = `/people/${GUEST}/links`
  const asked = { kind: 'merge', into: OTHER, reason: 'one synthetic person' }
  const preview = await admin.submit(owner, path, `${path}/preview`, asked)
  expect(preview.body).toContain('Propose it to somebody else')
  expect((await confirm(preview.body, `${path}/do`)).location).toBe(`${admin.origin}${path}?done=proposed`)
  const change = /href="(\/link-changes\/[\w-]+)"/.exec(await read('/proposals'))?.[1] ?? ''
  // Whoever approves sees who the two are and what comes of it, and is asked before anything is done.
  const { body } = await linker.get(`${admin.origin}${change}`)
  const question = await confirm(body, `${change}/approve`, linker)
  expect([question.status, isQuestion(question)]).toEqual([200, true])
  for (const shown of [body, question.body, preview.body]) {
    for (const id of [GUEST, OTHER]) expect(shown).toMatch(new RegExp(`href="/people/${id}"[^\\n]*\\n?.*S… G…`, 's'))
    expect(shown).toContain(`Logged out everywhere: ${GUEST}. The apps that are logged in to are told.`)
    expect(shown).toContain(`tv ${maskText(record.customerId)} (holder)`)
    expect(shown).not.toContain(record.customerId)
  }
  expect(await read(`/people/${GUEST}`)).not.toContain('part of another')
  const own = await admin.submit(owner, change, `${change}/approve`)
  expect([own.status, own.body]).toEqual([409, expect.stringContaining('Somebody else must approve')])
  const approved = await admin.submit(linker, change, `${change}/approve`)
  expect(approved.location).toBe(`${admin.origin}${change}?done=approved`)
  expect(await read(`/people/${GUEST}`)).toContain('part of another')
  // Its records are found where the person is now, with the way to where they are linked.
  const whole = await read(`/people/${OTHER}`)
  expect(whole).toMatch(
    new RegExp(`${maskText(record.customerId)}.*href="/people/${GUEST}/why\\?record=1.*href="/people/${GUEST}"`, 's'),
  )
  const undone = await admin.submit(linker, change, `${change}/undo`, { reason: 'two synthetic people' })
  expect(undone.location).toContain('?done=changed')
  expect(await read(`/people/${GUEST}`)).not.toContain('part of another')
})

test('a login is split off with its record into an account of its own, and comes back', async () => {
  const { linkChanges, accounts } = admin.running.pias.store
  const id = 'synthetic-two-people'
  const record = { serviceLine: 'tv' as const, customerId: 'TV-SPLIT-1' }
  const link = { ...record, method: 'match' as const, ruleVersion: 'r', evidence: null }
  await openAccount(id, [link])
  const path = `/people/${id}/links`
  expect(await read(path)).not.toContain('name="identity"')
  const identity = await addLogin(id)
  expect(await read(path)).toContain('name="identity"')

  const asked = { kind: 'split', identity: identity.subject, reason: 'a synthetic couple' }
  const unreadable = await admin.submit(owner, path, `${path}/preview`, { ...asked, records: 'radio 1' })
  expect(unreadable.status).toBe(422)
  const preview = await admin.submit(owner, path, `${path}/preview`, { ...asked, records: 'tv TV-SPLIT-1' })
  expect(preview.body).toContain(`Logged out everywhere: ${id}.`)
  expect(preview.body).toContain('A new account is opened')
  expect(await linkChanges.identitiesOf(id as never)).toHaveLength(2)
  const done = await confirm(preview.body, `${path}/do`)
  expect(done.location).toBe(`${admin.origin}${path}?done=changed`)
  const [opened] = [...(await accounts.ownersOf([record])).values()]
  expect(opened).not.toBe(id)
  expect(await linkChanges.identitiesOf(opened as never)).toEqual([identity])
  expect(await linkChanges.identitiesOf(id as never)).toHaveLength(1)

  const change = /href="(\/link-changes\/[\w-]+)"/.exec(await read(path))?.[1] ?? ''
  const undone = await admin.submit(owner, change, `${change}/undo`, { reason: 'one person after all' })
  expect(undone.location).toContain('?done=changed')
  expect(await linkChanges.identitiesOf(id as never)).toHaveLength(2)
  expect(await recordsOf(id)).toContainEqual(expect.objectContaining(record))
})

test('an account is blocked and let in again by who may; a linker cannot', async () => {
  const linker = await admin.signIn('thomas')
  const { accountId } = await admin.login('thomas')
  expect(await read(`/people/${lotte}`, linker)).not.toContain('/blockAccount')
  const path = `/people/${accountId}`
  const why = { reason: 'a synthetic reason' }
  expect((await admin.submit(owner, path, `${path}/blockAccount`, why)).location).toContain('?done=blocked')
  expect(await read(path)).toContain('label-bad">blocked')
  expect((await linker.get(`${admin.origin}/people`)).status).toBe(303)
  expect((await admin.submit(owner, path, `${path}/unblockAccount`)).status).toBe(422)
  expect((await admin.submit(owner, path, `${path}/unblockAccount`, why)).location).toContain('?done=unblocked')
  const timeline = await read(`${path}/timeline`)
  expect(timeline).toContain('reason: a synthetic reason')
  expect(timeline).toContain(`<code translate="no">${lotte}</code>`)
})

test('a review is looked at and closed', async () => {
  const { reviews } = admin.running.pias.store
  expect(await read('/reviews')).toContain('Nothing to look at')
  const [customer] = await recordsOf(lotte)
  const { serviceLine, customerId } = customer ?? { serviceLine: 'tv' as const, customerId: '' }
  const matter = { kind: 'record-withdrawn' as const, accountId: lotte as never, customer: { serviceLine, customerId } }
  await reviews.raise({ matter, raisedAt: Date.now(), data: { since: '2026-11-01' }, events: [] })
  const list = await read('/reviews')
  expect(list).not.toContain(customerId)
  const path = /href="(\/reviews\/[\w-]+)"/.exec(list)?.[1] ?? ''
  const decided = await admin.submit(owner, path, path, { outcome: 'kept', reason: 'looked at in the shop' })
  expect(decided.location).toBe(`${admin.origin}${path}?done=decided`)
  expect(await read(path)).toContain('The link is right as it is')
  expect(await read('/reviews')).toContain('Nothing to look at')
})

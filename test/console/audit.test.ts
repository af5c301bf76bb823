import type { Json } from '#src/kernel/runtime.ts'
import { BY_PERSON } from '#src/store/ports/audit.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, type RunningConsole, startConsole } from './support.ts'

/** The audit trail on the console: looked through, and taken along as a file. */
let admin: RunningConsole
let owner: HttpBrowser
const NUMBER = 'MOB-SYNTHETIC-77'
/** Events about who did them, one after the other. */
let whoAt = 0

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  const data = { kind: 'record-changed', customerId: NUMBER }
  const at = Date.parse('2026-03-01T12:00:00Z')
  await admin.running.pias.store.audit.append([{ at, type: 'review.opened', accountId: 'synthetic/1', data }])
})
afterAll(() => admin.close())

const SEARCH = '/audit?account=synthetic%2F1&from=2026-03-01T00%3A00&to=2026-03-02T00%3A00'
const take = (filled: Record<string, string>) => admin.submit(owner, SEARCH, '/audit/export', filled)

test('events are searched by conditions, and a page goes on where the one before ended', async () => {
  const found = (await owner.get(`${admin.origin}${SEARCH}`)).body
  expect(found).toContain('href="/people/synthetic%2F1"')
  expect(found).not.toContain(NUMBER)
  expect((await owner.get(`${admin.origin}/audit`)).body).toContain('admin.signed-in')
  const other = (await owner.get(`${admin.origin}${SEARCH.replace('2026-03-02', '2026-03-01')}`)).body
  expect(other).toContain('No event fits')
})

test.each([
  ['winter', '2026-01-15T23:30Z', '16 Jan 2026, 00:30', ['2026-01-16T00:30', '2026-01-16T00:31']],
  ['summer', '2026-07-15T22:30Z', '16 Jul 2026, 00:30', ['2026-07-16T00:30', '2026-07-16T00:31']],
] as const)('a moment in %s is found by the time at which it is shown', async (season, utc, shown, [from, to]) => {
  const accountId = `synthetic/${season}`
  await admin.running.pias.store.audit.append([{ at: Date.parse(utc), type: 'review.opened', accountId, data: {} }])
  const search = async (begin: string) => {
    const query = new URLSearchParams({ account: accountId, from: begin, to })
    return (await owner.get(`${admin.origin}/audit?${query}`)).body
  }
  const found = await search(from)
  expect(found).toContain(shown)
  expect(found).toContain('From (Brussels time)')
  expect(found).toContain('Times are those of Brussels')
  expect(await search(to)).not.toContain(shown)
})

test('a column in which no event has anything is not there', async () => {
  const headsOf = async (query: string) =>
    [...(await owner.get(`${admin.origin}/audit?${query}`)).body.matchAll(/<th scope="col">(.*?)</g)].map(
      ([, head]) => head,
    )
  expect(await headsOf('account=synthetic%2F1')).toEqual(['When', 'What', 'Who', 'Account', 'Details'])
  expect(await headsOf('type=admin.bootstrap-prepared')).toEqual(['When', 'What', 'Who', 'Details'])
})

test.each<[string, string, object, string, string]>([
  [
    'an admin',
    'review.closed',
    { by: 'admin/1', outcome: 'kept' },
    '<code translate="no">admin/1</code>',
    'outcome: kept',
  ],
  ['a user of the machine', 'keys.rotated', { by: 'root' }, '<code translate="no">root</code>', ''],
  ['the first owner', 'admin.bootstrapped', {}, '<code translate="no">synthetic/who</code>', ''],
  ['the person', 'proof.refused', { reason: 'wrong' }, '<span>customer</span>', 'reason: wrong'],
  [
    'the person, by name',
    'account.logins-ended',
    { by: 'synthetic/who', reason: BY_PERSON },
    '<span>customer</span>',
    '',
  ],
  [
    'an admin who writes that',
    'account.blocked',
    { by: 'admin/1', reason: BY_PERSON },
    '<code translate="no">admin/1</code>',
    '',
  ],
  ['the person, with an old login', 'identity.bound', { by: 'old-login' }, '<span>customer</span>', 'by: old-login'],
  ['the person, by a proof', 'link.created', { method: 'proof' }, '<span>customer</span>', ''],
  ['matching', 'link.created', { method: 'match' }, '<span>system</span>', ''],
  ['an import', 'account.opened', { origin: 'import' }, '<span>system</span>', ''],
  ['PIAS at its start', 'schema.migrated', { by: 'pias', to: 3 }, '<span>system</span>', 'to: 3'],
  ['an app that changes itself', 'client.changed', { by: 'registration' }, '<span>app</span>', ''],
  ['an app', 'request.refused', { error: 'invalid_request' }, '<span>app</span>', ''],
  ['nothing that is read', 'alarm.raised', [1], '<span>system</span>', ''],
])('who did it is told: %s', async (_who, type, data, shown, details) => {
  const at = ++whoAt
  await admin.running.pias.store.audit.append([{ at, type, accountId: 'synthetic/who', data: data as Json }])
  const rows = (await owner.get(`${admin.origin}/audit?account=synthetic%2Fwho`)).body.split('<tr>')
  const cells = (rows[2] ?? '').split('<td').map(cell => cell.replaceAll(/^[^>]*>|<\/td>.*$/gs, '').trim())
  expect([cells[3], cells[5]?.includes(details)]).toEqual([shown, true])
  // Nobody is told twice.
  if (shown.startsWith('<code')) expect(cells[5]).not.toContain('by: ')
})

test('what cannot be searched for is told above the page, which is there to try anew', async () => {
  const long = 'x'.repeat(200)
  for (const [path, label] of [
    ['/audit?type=', 'Event'],
    ['/clients?prefix=', 'Client id begins with'],
  ] as const) {
    const { status, body } = await owner.get(`${admin.origin}${path}${long}`)
    expect([status, body]).toEqual([422, expect.stringMatching(new RegExp(`${label}: must have at most \\d+ char`))])
    expect(body).toContain(`action="${path.split('?')[0]}"`)
    expect(body).not.toContain(long)
  }
})

test('what is searched for is downloaded, masked, as JSON lines or CSV', async () => {
  const lines = await take({ format: 'jsonl' })
  expect([lines.headers['content-type'], lines.headers['content-disposition']]).toEqual([
    expect.stringContaining('application/jsonl'),
    expect.stringMatching(/^attachment; filename="audit-.*\.jsonl"$/),
  ])
  const events = lines.body.trim().split('\n')
  expect(events).toHaveLength(1)
  expect(JSON.parse(events[0] ?? '')).toMatchObject({ type: 'review.opened', data: { customerId: '…-77' } })
  const csv = await take({ format: 'csv' })
  expect(csv.body.trim().split('\n')).toHaveLength(2)
  expect(csv.body).not.toContain(NUMBER)
})

test('numbers of people are in it for a reason alone; without the role there is no way to it', async () => {
  const unexplained = await take({ format: 'csv', reveal: 'on' })
  expect([unexplained.status, unexplained.body]).toEqual([422, expect.stringContaining('id="problem"')])
  // What was searched for is there still.
  expect(unexplained.body).toContain('value="synthetic/1"')
  const shown = await take({ format: 'csv', reveal: 'on', reason: 'a synthetic complaint' })
  expect(shown.body).toContain(NUMBER)
  const [told] = await admin.running.pias.store.audit.search({ type: 'audit.revealed', limit: 1 })
  expect(told?.data).toMatchObject({ reason: 'a synthetic complaint' })

  const { accountId } = await admin.login('thomas')
  await admin.give(accountId, ['viewer'])
  const viewer = await admin.signIn('thomas')
  expect((await viewer.get(`${admin.origin}${SEARCH}`)).body).not.toContain('/audit/export')
})

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createSendChanges } from '#examples/customer-feed/send-changes.ts'
import { FEED_SCOPE } from '#src/admin/admin-client.ts'
import { createKey, createProof, type SigningKey, signAssertion } from '#test/support/fapi-client.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { codeOf, type RunningApi, startApi } from './api-client.ts'

/** The live feed: a service line's system, and an owner, change customer records over the admin API. All is synthetic. */
const system = (clientId: string, { jwk }: SigningKey) => ({
  client_id: clientId,
  client_name: 'Synthetic system',
  grant_types: ['client_credentials'],
  scope: FEED_SCOPE,
  jwks: { keys: [jwk] },
})

/** The place of the client of the feed among the files: the app of all tests is the first. */
const FEED_FILE = 'client-1.json'

let key: SigningKey
let api: RunningApi
beforeAll(async () => {
  key = await createKey()
  const clients = [system('mobile-system', key), system('some-job', key)]
  api = await startApi({ clients, admin: { feeds: [{ client: 'mobile-system', serviceLines: ['mobile'] }] } })
})
afterAll(() => api.close())

/** A token of a machine, for itself (RFC 6749, 4.4). */
const tokenOf = async (clientId: string, headers: Record<string, string> = {}): Promise<string> => {
  const { issuer } = api.admin.running
  const form = {
    ...(await signAssertion(clientId, issuer, key)),
    grant_type: 'client_credentials',
    resource: api.admin.origin,
    scope: FEED_SCOPE,
  }
  const answer = await createHttpBrowser().post(`${issuer}/token`, form, { accept: 'application/json', ...headers })
  if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`)
  return answer.json<{ access_token: string }>().access_token
}

const line = (customerId: string, more: object = {}) => ({ customerId, serviceLine: 'mobile', ...more })
const send = (lines: readonly object[], options: { token?: string; headers?: Record<string, string> } = {}) =>
  api.invoke('changeCustomers', { body: { lines }, ...options })
const NOTHING = { inserted: 0, updated: 0, unchanged: 0, removed: 0, absent: 0, superseded: 0 }

test('a system’s records are put, changed and withdrawn; to send a line again does nothing', async () => {
  const token = await tokenOf('mobile-system')
  const told = async (...lines: object[]) => (await send(lines, { token })).json()
  const one = line('FEED-1', { firstName: 'Wannes', lastName: 'Synthetisch', birthDate: 19810203 })
  expect(await told(one, line('FEED-2'))).toEqual({ ...NOTHING, inserted: 2 })
  expect(await told(one)).toEqual({ ...NOTHING, unchanged: 1 })
  const moved = { ...one, address: { street: 'Veldstraat', number: 7, postalCode: '9000', locality: 'Gent' } }
  expect(await told(line('FEED-2', { deleted: true }), one, moved, line('FEED-3', { deleted: true }))).toEqual({
    ...NOTHING,
    updated: 1,
    removed: 1,
    absent: 1,
    superseded: 1,
  })
  // What else is on the line of a withdrawal does not count, as in a file.
  const wrong = { deleted: true, emails: 'not a list', lastName: 'x'.repeat(501) }
  expect(await told(line('FEED-2', wrong))).toEqual({ ...NOTHING, absent: 1 })
  const { customers } = api.admin.running.pias.store
  const found = [...(await customers.findByCustomerId('FEED-1')), ...(await customers.findByCustomerId('FEED-2'))]
  const [{ record }] = found.map(({ document }) => JSON.parse(document)) as [{ record: object }]
  expect(found).toHaveLength(1)
  expect(record).toMatchObject({ birthDate: '19810203', address: { street: 'Veldstraat', number: '7' } })
})

test('the audit trail knows which system sent how much, and nothing of the records', async () => {
  const token = await tokenOf('mobile-system')
  await send([line('FEED-4', { lastName: 'Geheim' })], { token })
  const { audit } = api.admin.running.pias.store
  const [event] = await audit.search({ type: 'admin.done', limit: 1 })
  expect(event).toMatchObject({
    clientId: 'mobile-system',
    data: { operation: 'changeCustomers', by: 'mobile-system', lines: 1, inserted: 1 },
  })
  expect(JSON.stringify(event)).not.toMatch(/FEED-4|Geheim/)
})

test('a change of a linked record raises a review', async () => {
  const { accounts, reviews } = api.admin.running.pias.store
  const links = await accounts.customersOf(api.other.accountId as never)
  const link = links.find(({ serviceLine }) => serviceLine === 'mobile')
  if (link === undefined) throw new Error('the account has no record of the service line')
  const token = await tokenOf('mobile-system')
  const stranger = line(link.customerId, { firstName: 'Iemand', lastName: 'Anders', birthDate: '1950-01-02' })
  expect((await send([stranger], { token })).json()).toEqual({ ...NOTHING, updated: 1 })
  await runJobs(api.admin.running.pias, ['customer-changes'])
  const open = await reviews.list({ all: false, limit: 10, after: { raisedAt: -1, id: '' } })
  expect(open).toContainEqual(
    expect.objectContaining({ kind: 'record-changed', accountId: api.other.accountId, customer: expect.anything() }),
  )
  expect(await accounts.customersOf(api.other.accountId as never)).toEqual(links)
})

test('a call with a line that is none is refused as a whole, and names every line and field', async () => {
  const token = await tokenOf('mobile-system')
  const long = 'x'.repeat(501)
  const lines = [
    line('FEED-5'),
    line(' FEED-6'),
    line('FEED-7', { emails: ['a@example.com', true] }),
    { customerId: 'FEED-8', serviceLine: 'post' },
    line('FEED-9', { lastName: long }),
    'FEED-10',
  ]
  const refused = await send(lines as object[], { token })
  expect(codeOf(refused)).toEqual([400, 'request.invalid'])
  expect(refused.json().errors).toEqual([
    {
      field: 'body.lines.1.customerId',
      reason: 'must be printable and without spaces at its ends',
      fix: 'change it to that form',
    },
    {
      field: 'body.lines.2.emails.1',
      reason: 'must be a string',
      fix: 'send what the description of the API has here',
    },
    {
      field: 'body.lines.3.serviceLine',
      reason: 'must be one of mobile, internet, tv, landline',
      fix: 'choose one of them',
    },
    { field: 'body.lines.4.lastName', reason: 'must have at most 500 characters', fix: 'shorten it' },
    { field: 'body.lines.5', reason: 'is not a JSON object', fix: 'send an object in braces' },
  ])
  expect(refused.body).not.toContain(long)
  expect((await send([], { token })).json().errors).toEqual([
    { field: 'body.lines', reason: 'needs at least 1 entry', fix: 'add what is missing' },
  ])
  const many = Array.from({ length: 201 }, (_, at) => line(`FEED-MANY-${at}`))
  expect((await send(many, { token })).json().errors).toEqual([
    {
      field: 'body.lines',
      reason: 'must have at most 200 entries',
      fix: 'leave some out, or send them in several requests',
    },
  ])
  expect(await api.admin.running.pias.store.customers.findByCustomerId('FEED-5')).toEqual([])
})

describe('who may', () => {
  test('a system changes records of its service lines alone, and does nothing else', async () => {
    const token = await tokenOf('mobile-system')
    const foreign = await send([line('FEED-11'), { customerId: 'FEED-12', serviceLine: 'tv' }], { token })
    expect(codeOf(foreign)).toEqual([403, 'service-line'])
    expect(foreign.json().errors).toEqual([
      { field: 'body.lines.1.serviceLine', reason: 'must be one of mobile', fix: expect.any(String) },
    ])
    expect(await api.admin.running.pias.store.customers.findByCustomerId('FEED-11')).toEqual([])
    for (const { path, operation } of api.operations) {
      const { operationId: id } = operation
      if (id === 'changeCustomers') continue
      const params = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x']))
      expect([id, ...codeOf(await api.invoke(id, { params, token }))]).toEqual([id, 403, 'role'])
    }
  })

  test('a client that is no feed has a token, and may nothing', async () => {
    const token = await tokenOf('some-job')
    expect(codeOf(await send([line('FEED-13')], { token }))).toEqual([401, 'unauthorized'])
  })

  test('a token that is bound to a key is not taken without a proof of it', async () => {
    const url = `${api.admin.running.issuer}/token`
    const token = await tokenOf('mobile-system', { dpop: await createProof('POST', url, key) })
    expect(codeOf(await send([line('FEED-14')], { token }))).toEqual([401, 'unauthorized'])
  })

  test('of admins an owner, with a fresh login', async () => {
    expect(codeOf(await send([line('FEED-15')], { token: api.other.token }))).toEqual([403, 'role'])
    expect((await send([line('FEED-15')])).json()).toEqual({ ...NOTHING, inserted: 1 })
    api.pass(10 * 60 * 1000)
    expect(codeOf(await send([line('FEED-15')]))).toEqual([401, 'login-too-old'])
    api.pass(0)
  })
})

test('the sample of the how-to sends as many lines as there are, in calls of 200', async () => {
  const { running, origin } = api.admin
  const from = (clientId: string) =>
    createSendChanges({
      issuer: running.issuer,
      origin,
      clientId,
      key: { key: key.privateKey, kid: `${key.jwk.kid}` },
    })
  const send = await from('mobile-system')
  await send(Array.from({ length: 401 }, (_, at) => line(`FEED-SAMPLE-${at}`)))
  expect(await running.pias.store.customers.findByCustomerId('FEED-SAMPLE-400')).toHaveLength(1)
  await expect(send([{ customerId: 'FEED-SAMPLE-401', serviceLine: 'tv' }])).rejects.toThrow(/403 .*service-line/)
  const stranger = await from('nobody')
  await expect(stranger([line('FEED-SAMPLE-402')])).rejects.toMatchObject({ error: 'invalid_client' })
})

test('one Idempotency-Key, one call: 16 at once', async () => {
  const token = await tokenOf('mobile-system')
  const headers = { 'idempotency-key': 'feed-1' }
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => send([line('FEED-16', { lastName: 'Eenmaal' })], { token, headers })),
  )
  const done = answers.filter(({ status }) => status === 200)
  expect(new Set(done.map(({ body }) => body)).size).toBe(1)
  expect(done[0]?.json()).toEqual({ ...NOTHING, inserted: 1 })
  expect(answers.filter(({ status }) => status !== 200).every(one => one.json().code === 'in-progress')).toBe(true)
})

test('calls at the same moment for the same records: each is done, and one of them is last', async () => {
  const token = await tokenOf('mobile-system')
  const names = Array.from({ length: 8 }, (_, at) => `Name${at}`)
  const ids = ['FEED-17', 'FEED-18', 'FEED-19']
  const answers = await Promise.all(
    names.map(lastName =>
      send(
        ids.map(id => line(id, { lastName })),
        { token },
      ),
    ),
  )
  const told = answers.map(answer => answer.json<typeof NOTHING>())
  expect(told.reduce((all, { inserted }) => all + inserted, 0)).toBe(ids.length)
  expect(told.reduce((all, { updated }) => all + updated, 0)).toBe(ids.length * (names.length - 1))
  const { customers } = api.admin.running.pias.store
  const found = await Promise.all(ids.map(id => customers.findByCustomerId(id)))
  const last = found.flat().map(({ document }) => (JSON.parse(document) as { record: { lastName: string } }).record)
  expect(new Set(last.map(({ lastName }) => lastName)).size).toBe(1)
})

test('more lines than a node has time for are put off, and can be sent again with the same key', async () => {
  const token = await tokenOf('mobile-system')
  // A minute begins with the first of them.
  api.pass(70_000)
  const lines = Array.from({ length: 200 }, (_, at) => line(`FEED-NONE-${at}`, { deleted: true }))
  let answer = await send(lines, { token })
  for (let calls = 1; answer.status === 200 && calls < 40; calls += 1) answer = await send(lines, { token })
  expect([...codeOf(answer), answer.headers['retry-after']]).toEqual([
    429,
    'too-many',
    expect.stringMatching(/^([3-5]\d|60)$/),
  ])
  const options = { token, headers: { 'idempotency-key': 'feed-2' } }
  expect((await send([line('FEED-20')], options)).status).toBe(429)
  api.pass(100_000)
  expect(Number((await send(lines, { token })).headers['retry-after'])).toBeLessThanOrEqual(30)
  // What a busy system is told again and again does not fill the trail.
  expect(await api.eventsOf('admin.refused')).not.toContainEqual(expect.objectContaining({ code: 'too-many' }))
  api.pass(140_000)
  expect((await send([line('FEED-20')], options)).json()).toEqual({ ...NOTHING, inserted: 1 })
  api.pass(0)
})

// The last ones: the second of them takes the client away, the third looks back.
test('what is sent wrongly is told so', () => api.callWrongly('customers'))

test('a client that is taken out of the files is no feed with the next request', async () => {
  const token = await tokenOf('mobile-system')
  rmSync(join(api.admin.running.clientsDir, FEED_FILE))
  api.pass(140_000 + 122_000)
  expect(codeOf(await send([line('FEED-21')], { token }))).toEqual([401, 'unauthorized'])
  api.pass(0)
})

test('every operation about customer records that is described was called and worked, and answers its problems', () => {
  expect(api.untried('customers')).toEqual([])
  expect(api.unanswered('customers')).toEqual([])
})

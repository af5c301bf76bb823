import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, isQuestion, type RunningConsole, startConsole } from './support.ts'

/** What does harm on the console is asked about: nothing is done by the first form of it. */
let admin: RunningConsole
let owner: HttpBrowser
let account: string
let change: string

const reason = 'a synthetic reason'

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
  account = (await admin.login('thomas')).accountId
  await admin.give(account, ['viewer'])
  const { store } = admin.running.pias
  const [record] = await store.accounts.customersOf(account as never)
  const { serviceLine = '', customerId = '' } = record ?? {}
  const path = `/people/${account}/links`
  const shown = await admin.submit(owner, path, `${path}/preview`, {
    kind: 'unlink',
    serviceLine,
    customerId,
    reason,
  })
  await owner.post(`${admin.origin}${path}/do`, Object.fromEntries(filledIn(shown.body, `${path}/do`)))
  const [done] = await store.linkChanges.list({ of: { accountId: account as never }, limit: 1 })
  change = `${done?.id}`
  const metadata = {
    client_id: 'shop',
    client_name: 'Synthetic shop',
    redirect_uris: ['https://shop.example/cb'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  await store.clients.put(
    {
      clientId: 'shop',
      version: 1,
      state: 'active',
      managedBy: 'api',
      createdAt: 0,
      updatedAt: 0,
      secrets: [{ id: 'synthetic', hash: 'synthetic', createdAt: 0 }],
      metadata,
    },
    [],
  )
  await store.rollouts.put({ clientId: 'shop', version: 1, at: 1, by: 'a', reason, policy: null }, [])
})
afterAll(() => admin.close())

test('a reason that is none is told before the question', async () => {
  const page = '/clients/shop/rollout'
  const { body } = await owner.get(`${admin.origin}${page}`)
  const form = { ...Object.fromEntries(filledIn(body, `${page}/revert`)), reason: ' ' }
  const answer = await owner.post(`${admin.origin}${page}/revert`, form)
  expect([answer.status, isQuestion(answer)]).toEqual([422, false])
})

test.each<[string, () => string, string, Record<string, string>, string]>([
  ['all logins of an account', () => `/people/${account}`, '/endLogins', { reason }, 'The person can log in again'],
  ['blocking an account', () => `/people/${account}`, '/blockAccount', { reason }, `Why: ${reason}.`],
  ['removing a secret', () => '/clients/shop/secrets', '/remove', {}, 'This cannot be undone'],
  ['reverting a rollout', () => '/clients/shop/rollout', '/revert', { reason }, `Why: ${reason}.`],
  ['taking roles', () => `/admins/${account}`, '', { roles: '', reason }, 'can do nothing here any more'],
  ['undoing an act', () => `/link-changes/${change}`, '/undo', { reason }, 'What moves'],
  // The last: a disabled app has no rollout to go back in.
  ['disabling an app', () => '/clients/shop', '/disable', {}, 'Nobody logs in by it any more'],
])('%s', async (_, pageOf, end, filled, words) => {
  const page = pageOf()
  const { store } = admin.running.pias
  // Looking at people is written down, too.
  const events = async () =>
    (await store.audit.search({ limit: 100 })).filter(({ type }) => !/^admin\.(looked|done|refused)$/.test(type)).length
  const before = await events()
  const send = async (body: string, more: Record<string, string> = {}) =>
    owner.post(`${admin.origin}${page}${end}`, { ...Object.fromEntries(filledIn(body, `${page}${end}`)), ...more })

  const asked = await send((await owner.get(`${admin.origin}${page}`)).body, filled)
  expect([asked.status, isQuestion(asked)]).toEqual([200, true])
  expect(asked.body).toContain(words)
  expect(asked.body).toContain('Nothing is done yet.')
  expect(await events()).toBe(before)
  expect((await send(asked.body)).status).toBe(303)
  expect(await events()).toBeGreaterThan(before)
})

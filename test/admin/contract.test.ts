import { codeOf, expectHeaders, type RunningApi, startApi } from './api-client.ts'

/** What every operation answers to what none takes, and the answers where there is no operation. */
let api: RunningApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const paramsOf = (path: string) =>
  Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, 'nothing']))
const filled = (path: string) => path.replaceAll(/\{\w+\}/g, 'nothing')

test('no token is 401, no role 403, a parameter that is not described 400: of every operation', async () => {
  const { token } = await api.admin.login('nora')
  for (const { operation, path } of api.operations) {
    const { operationId: id } = operation
    const params = paramsOf(path)
    expect([id, codeOf(await api.invoke(id, { params, token: 'nonsense' }))]).toEqual([id, [401, 'unauthorized']])
    expect([id, (await api.invoke(id, { params, query: '?not-described=1' })).status]).toEqual([id, 400])
    if (!operation.description.startsWith('Roles: none')) {
      expect([id, codeOf(await api.invoke(id, { params, token }))]).toEqual([id, [403, 'role']])
    }
  }
})

test('a body that is too large, or of another type, is told so by every operation that reads one', async () => {
  const large = 'x'.repeat(300_000)
  for (const { operation, method, path } of api.operations) {
    const { operationId: id, requestBody } = operation
    const params = paramsOf(path)
    if (method !== 'get' && method !== 'delete') {
      expect([id, codeOf(await api.invoke(id, { params, body: large }))]).toEqual([id, [413, 'request.too_large']])
    }
    if (requestBody !== undefined) {
      const headers = { 'content-type': 'text/plain' }
      expect([id, codeOf(await api.invoke(id, { params, body: {}, headers }))]).toEqual([id, [415, 'not-json']])
    }
  }
  expect(await api.eventsOf('admin.refused')).toContainEqual(
    expect.objectContaining({ code: 'not-json', by: api.owner.accountId }),
  )
})

test('a method that a path does not have is 405 with those that it has, and a path that is not there 404', async () => {
  for (const path of Object.keys(api.description.paths)) {
    // `/accounts/search` is an account's address, too.
    const own = api.operations
      .filter(one => new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(filled(path)))
      .map(({ method }) => method.toUpperCase())
    for (const method of METHODS.filter(one => !own.includes(one))) {
      const answer = await api.admin.call(undefined, method, filled(path))
      expect([path, method, ...codeOf(answer)]).toEqual([path, method, 405, 'method'])
      expect(`${answer.headers.allow}`.split(', ').sort()).toEqual([...new Set(own)].sort())
      expectHeaders(path, answer, api.responseOf(api.description['x-other-methods']))
    }
  }
  const nowhere = await api.admin.call(undefined, 'GET', '/nowhere')
  expect(codeOf(nowhere)).toEqual([404, 'not-found'])
  expectHeaders('nowhere', nowhere, api.responseOf(api.description['x-other-paths']))
})

test('another server, a store that is away and a failure of ours', async () => {
  const elsewhere = `http://127.0.0.1:${new URL(api.admin.origin).port}/api/me`
  const misdirected = await fetch(elsewhere)
  expect(misdirected.status).toBe(421)
  expectHeaders('421', { status: 421, headers: Object.fromEntries(misdirected.headers) }, api.problem(421))
  // Last: the store stays away.
  const { store } = api.admin.running.pias
  await store.close()
  expect((await api.invoke('whoAmI')).status).toBe(503)
  expect((await api.invoke('listAdmins')).headers['retry-after']).toBe('5')
})

test('every problem that is described has words and is answered by some operation', () => {
  const described = Object.keys(api.description.components.responses).map(name => name.replace('Problem', ''))
  const used = new Set(api.operations.flatMap(({ operation }) => Object.keys(operation.responses)))
  expect(described.filter(status => !used.has(status) && status !== '405')).toEqual([])
})

import { verifierSchema } from '#src/accounts/credentials/verifier/config.ts'
import { createHttpVerifier } from '#src/accounts/credentials/verifier/http-verifier.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import { type CustomerSystem, type Reply, startCustomerSystem } from '#test/customers/http/customer-system.ts'

/** The legacy system, on a real socket, that alone knows a password. */
const TOKEN = 'a-token-of-some-length'
const YES: Reply = { body: { valid: true } }

let legacy: CustomerSystem
let now = 0
const logged: object[] = []
const logger: Logger = { debug: () => {}, info: () => {}, warn: fields => void logged.push(fields), error: () => {} }
beforeEach(async () => {
  now = 1_000_000
  logged.length = 0
  legacy = await startCustomerSystem(YES)
})
afterEach(() => legacy.close())

const open = (config: object = {}) =>
  createHttpVerifier({
    config: verifierSchema.parse({ url: legacy.url, token: TOKEN, deadlineMs: 10_000, ...config }),
    clock: () => now,
    logger,
  })

test('asks with name and password and the bearer token, and believes yes and no', async () => {
  const verify = open()
  expect(await verify('bruno', 'päss wörd')).toBe(true)
  legacy.answer({ body: { valid: false } })
  expect(await verify('bruno', 'wrong')).toBe(false)
  expect(legacy.questions[0]).toEqual({
    headers: expect.objectContaining({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }),
    body: { username: 'bruno', password: 'päss wörd' },
  })
})

test.each<[string, Reply]>([
  ['an error', { status: 500, body: { valid: true } }],
  ['another status', { status: 201, body: { valid: true } }],
  ['a refused token', { status: 401, body: { valid: true } }],
  ['a redirect', { status: 302, body: { valid: true }, headers: { location: 'http://127.0.0.1:1/' } }],
  ['text', { body: 'true' }],
  ['something like yes', { body: { valid: 'true' } }],
  ['more than was asked', { body: { valid: true, admin: true } }],
  ['a flood', { body: { valid: true, filler: 'x'.repeat(2000) } }],
  ['nothing', { body: '' }],
  ['half of it', 'half'],
  ['hanging up', 'hang-up'],
])('%s is no answer, and tells the log nothing of name or password', async (_, reply) => {
  legacy.answer(reply)
  expect(await open()('bruno', 'a synthetic password')).toBeUndefined()
  expect(legacy.questions).toHaveLength(1)
  expect(JSON.stringify(logged)).toMatch(/old_login_verifier/)
  expect(JSON.stringify(logged)).not.toMatch(/bruno|synthetic|a-token/)
})

test('silence is no answer once the time is over', async () => {
  legacy.answer('silence')
  expect(await open({ deadlineMs: 100 })('bruno', 'x')).toBeUndefined()
})

test('a system that does not answer is left alone for a while', async () => {
  legacy.answer({ status: 503, body: '' })
  const verify = open()
  for (let n = 0; n < 30; n++) expect(await verify('bruno', 'x')).toBeUndefined()
  expect(legacy.questions).toHaveLength(20)
  legacy.answer(YES)
  now += 16_000
  expect(await verify('bruno', 'x')).toBe(true)
})

test.each([
  [{ url: 'http://legacy.example/verify' }],
  [{ token: 'short' }],
  [{ token: undefined }],
  [{ deadlineMs: 60_000 }],
])('a configuration that is not safe does not pass: %j', change => {
  const whole = { url: 'https://legacy.example/verify', token: TOKEN, ...change }
  const { token, ...rest } = whole
  expect(verifierSchema.safeParse(token === undefined ? rest : whole).success).toBe(false)
})

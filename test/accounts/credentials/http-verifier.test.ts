import { verifierSchema } from '#src/accounts/credentials/verifier/config.ts'
import { createHttpVerifier } from '#src/accounts/credentials/verifier/http-verifier.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import { type AskedSystem, type Reply, startAskedSystem } from '#test/support/asked-system.ts'

/** The legacy system, on a real socket, that alone knows a password. */
const TOKEN = 'a-token-of-some-length'
const YES: Reply = { body: { valid: true } }

let legacy: AskedSystem
const logged: object[] = []
const logger: Logger = { debug: () => {}, info: () => {}, warn: fields => void logged.push(fields), error: () => {} }
beforeEach(async () => {
  logged.length = 0
  legacy = await startAskedSystem(YES)
})
afterEach(() => legacy.close())

const open = (config: object = {}) =>
  createHttpVerifier({
    config: verifierSchema.parse({ url: legacy.url, token: TOKEN, deadlineMs: 10_000, ...config }),
    clock: Date.now,
    logger,
  })

test('asks with name and password and the bearer token, and believes yes and no', async () => {
  const verify = open()
  expect(await verify('bruno', 'päss wörd')).toBe(true)
  legacy.answer({ body: { valid: false } })
  expect(await verify('bruno', 'wrong')).toBe(false)
  expect(legacy.questions[0]).toEqual({
    headers: expect.objectContaining({ authorization: `Bearer ${TOKEN}` }),
    body: { username: 'bruno', password: 'päss wörd' },
  })
})

test.each<[string, Reply]>([
  ['another status', { status: 201, body: { valid: true } }],
  ['text', { body: 'true' }],
  ['something like yes', { body: { valid: 'true' } }],
  ['more than was asked', { body: { valid: true, admin: true } }],
  ['a flood', { body: { valid: true, filler: 'x'.repeat(2000) } }],
  ['hanging up', 'hang-up'],
])('%s is no answer, and tells the log nothing of name or password', async (_, reply) => {
  legacy.answer(reply)
  expect(await open()('bruno', 'a synthetic password')).toBeUndefined()
  expect(legacy.questions).toHaveLength(1)
  expect(JSON.stringify(logged)).toMatch(/old_login_verifier/)
  expect(JSON.stringify(logged)).not.toMatch(/bruno|synthetic|a-token/)
})

test.each([
  [{ url: 'http://legacy.example/verify' }],
  [{ token: 'short' }],
  [{ token: 'no token of a header' }],
  [{ token: undefined }],
  [{ deadlineMs: 60_000 }],
])('a configuration that is not safe does not pass: %j', change => {
  const whole = { url: 'https://legacy.example/verify', token: TOKEN, ...change }
  const { token, ...rest } = whole
  expect(verifierSchema.safeParse(token === undefined ? rest : whole).success).toBe(false)
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '#src/kernel/runtime.ts'
import { createAskSystem } from '#src/upstream/transport/ask-system.ts'
import { type AskedSystem, type Reply, startAskedSystem } from '#test/support/asked-system.ts'

const TOKEN = 'a-token-of-some-length'
const UNAVAILABLE = 'upstream.unavailable'
const INVALID = 'upstream.invalid_response'

let system: AskedSystem
let now = 0
const logged: object[] = []
const logger: Logger = { debug: () => {}, info: () => {}, warn: fields => void logged.push(fields), error: () => {} }

beforeEach(async () => {
  now = 1_000_000
  logged.length = 0
  system = await startAskedSystem({ body: 'yes' })
})
afterEach(() => system.close())

/** Waits for as long as a busy machine may take, unless the test is about the time. */
const open = (config: object = { token: TOKEN }) =>
  createAskSystem({
    config: { url: system.url, deadlineMs: 20_000, maxBytes: 1000, ...config },
    name: 'the legacy system',
    logged: { event: 'legacy' },
    clock: () => now,
    logger,
  })
/** Understands "yes" alone. */
const ask = (asking = open()) => asking('{"a":1}', body => (body === 'yes' ? true : undefined))

test('asks one question as JSON with the bearer token, and reads the answer of a 200', async () => {
  expect(await ask()).toBe(true)
  const [question] = system.questions
  expect(question?.body).toEqual({ a: 1 })
  expect(question?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' })
})

test.each<[string, Reply, string]>([
  ['an error', { status: 500, body: 'yes' }, UNAVAILABLE],
  ['being too busy', { status: 429, body: 'yes' }, UNAVAILABLE],
  ['hanging up', 'hang-up', UNAVAILABLE],
  ['half an answer', 'half', UNAVAILABLE],
  ['another status', { status: 201, body: 'yes' }, INVALID],
  ['a refused token', { status: 401, body: 'yes' }, INVALID],
  ['a redirect', { status: 302, body: 'yes', headers: { location: 'http://127.0.0.1:1/' } }, INVALID],
  ['what cannot be read', { body: 'perhaps' }, INVALID],
  ['nothing', { body: '' }, INVALID],
  ['a flood', { body: 'yes'.repeat(1000) }, INVALID],
])('%s is no answer and is asked once', async (_, reply, code) => {
  system.answer(reply)
  await expect(ask()).rejects.toMatchObject({ code })
  expect(system.questions).toHaveLength(1)
})

test('silence is no answer once the time is over', async () => {
  system.answer('silence')
  await expect(ask(open({ token: TOKEN, deadlineMs: 30 }))).rejects.toMatchObject({ code: UNAVAILABLE })
})

test('a system that does not answer is left alone for a while, and then asked again', async () => {
  const asking = open()
  system.answer({ status: 503, body: '' })
  for (let call = 0; call < 25; call += 1) await expect(ask(asking)).rejects.toMatchObject({ code: UNAVAILABLE })
  expect(system.questions).toHaveLength(20)
  expect(logged).toEqual([{ event: 'legacy', breaker: 'open' }])
  system.answer({ body: 'yes' })
  await expect(ask(asking)).rejects.toMatchObject({ code: UNAVAILABLE })
  now += 15_000
  expect(await ask(asking)).toBe(true)
})

describe('the token of a file', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ask-system-'))
  })
  afterAll(() => rm(dir, { recursive: true }))

  test('is what stands in it', async () => {
    const tokenFile = join(dir, 'token')
    await writeFile(tokenFile, 'token-from-a-file==\n')
    expect(await ask(open({ tokenFile }))).toBe(true)
    expect(system.questions[0]?.headers.authorization).toBe('Bearer token-from-a-file==')
  })

  test.each([
    ['nothing', ''],
    ['a line end', '\n'],
    ['a short one', 'short\n'],
    ['two lines', 'a-token-of-some-length\nand-another-one\n'],
    ['a sentence', 'here shall be the token'],
  ])('is missing where there is %s: told at the start, without what stands there', async (_, text) => {
    const tokenFile = join(dir, 'wrong')
    await writeFile(tokenFile, text)
    expect(() => open({ tokenFile })).toThrow(/^config\.invalid: the token in .*wrong of the legacy system must /)
    expect(() => open({ tokenFile })).not.toThrow(/token-of-some|short|sentence|here shall/)
  })

  test('is told when the file cannot be read', () => {
    expect(() => open({ tokenFile: join(dir, 'none') })).toThrow(/^config\.unreadable: .*none of the legacy system/)
  })
})

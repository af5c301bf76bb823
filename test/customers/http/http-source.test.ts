import { createHmac } from 'node:crypto'
import { httpSourceSchema } from '#src/customers/http/config.ts'
import { createHttpSource } from '#src/customers/http/http-source.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import { LOTTE, lotteIn } from '#test/linking/people.ts'
import { type AskedSystem, type Reply, startAskedSystem } from '#test/support/asked-system.ts'
import { recordForm } from '#test/support/record-form.ts'

const TOKEN = 'a-token-of-some-length'
const KEY = 'k'.repeat(43)
const PERSON = identityToPerson(LOTTE)
const PROBES = ['m:+32470123456', 'e:lotte.vdb@example.com']
const WHOLE: Reply = { body: { complete: true, records: [lotteIn('tv')] } }
const INCOMPLETE = { overflowed: [], complete: false }

let system: AskedSystem
const logged: object[] = []
const logger: Logger = { debug: () => {}, info: () => {}, warn: fields => void logged.push(fields), error: () => {} }

beforeEach(async () => {
  logged.length = 0
  system = await startAskedSystem(WHOLE)
})
afterEach(() => system.close())

/** Waits for as long as a busy machine may take, unless the test is about the time. */
const open = (config: object = {}) =>
  createHttpSource({
    config: httpSourceSchema.parse({
      kind: 'http',
      id: 'tv-system',
      url: system.url,
      serviceLine: 'tv',
      send: 'claims',
      records: 1000,
      deadlineMs: 20_000,
      cacheSeconds: 0,
      token: TOKEN,
      ...config,
    }),
    toComparablePerson: recordForm.toComparablePerson,
    clock: Date.now,
    logger,
  })
const find = (source = open()) => source.findCandidates(PROBES, 400, PERSON)

describe('a search', () => {
  test('asks with the person, and takes the records in comparable form', async () => {
    expect(await find()).toEqual({
      candidates: [{ record: lotteIn('tv'), person: recordForm.toComparablePerson(lotteIn('tv')) }],
      overflowed: [],
      complete: true,
    })
    expect(system.questions).toMatchObject([
      { body: { search: { person: JSON.parse(JSON.stringify(PERSON)) }, limitPerKey: 400 } },
    ])
  })

  test('by tokens sends keyed digests of the blocking keys and nothing of the person', async () => {
    await find(open({ send: 'tokens', tokenKey: KEY }))
    const digest = (key: string) => createHmac('sha256', Buffer.from(KEY, 'base64url')).update(key).digest('base64url')
    expect(system.questions[0]?.body).toEqual({ search: { tokens: PROBES.map(digest) }, limitPerKey: 400 })
  })

  test.each<[string, Reply]>([
    ['does not answer', 'hang-up'],
    ['answers no JSON', { body: '<html>' }],
    ['answers something else', { body: { records: [lotteIn('tv')] } }],
    ['answers too much', { body: { complete: true, records: [], more: 'x'.repeat(2_000_000) } }],
  ])('of a system that %s is incomplete and empty', async (_, reply) => {
    system.answer(reply)
    expect(await find()).toEqual({ ...INCOMPLETE, candidates: [] })
    expect(JSON.stringify(logged)).not.toMatch(/lotte|470123456/i)
    expect(logged).toHaveLength(1)
  })

  test('that is answered too late is incomplete', async () => {
    system.answer('silence')
    expect(await find(open({ deadlineMs: 30 }))).toEqual({ ...INCOMPLETE, candidates: [] })
  })

  test.each<[string, unknown[]]>([
    ['a record that is none', [lotteIn('tv'), { customerId: 'TV-2' }]],
    ['a record of another service line', [lotteIn('tv'), lotteIn('mobile')]],
    ['a record that was withdrawn', [lotteIn('tv'), { customerId: 'TV-2', serviceLine: 'tv', deleted: true }]],
    ['one record twice', [lotteIn('tv'), lotteIn('tv')]],
  ])('with %s in its answer is incomplete, and keeps what can be used', async (_, records) => {
    system.answer({ body: { complete: true, records } })
    expect(await find()).toMatchObject({ ...INCOMPLETE, candidates: [{ record: lotteIn('tv') }] })
  })

  test('is as complete as the system says', async () => {
    system.answer({ body: { complete: false, records: [lotteIn('tv')] } })
    expect(await find()).toMatchObject({ ...INCOMPLETE, candidates: [{ record: lotteIn('tv') }] })
  })
})

test('a complete answer is used again, an incomplete one is not', async () => {
  const source = open({ cacheSeconds: 300 })
  system.answer({ body: { complete: false, records: [] } })
  await find(source)
  system.answer(WHOLE)
  expect(await find(source)).toMatchObject({ complete: true })
  system.answer('hang-up')
  expect(await find(source)).toMatchObject({ complete: true, candidates: [{ record: lotteIn('tv') }] })
  expect(system.questions).toHaveLength(2)
  await source.findCandidates(['m:+32470999999'], 400, { ...PERSON, mobiles: ['+32470999999'] })
  expect(system.questions).toHaveLength(3)
})

test('records of a customer number are for a proof, which is told when they could not be had', async () => {
  const source = open()
  system.answer({ body: { complete: true, records: [lotteIn('tv'), lotteIn('tv', { customerId: 'other' })] } })
  expect(await source.findByCustomerId('L-tv')).toMatchObject([{ record: { customerId: 'L-tv' } }])
  expect(system.questions[0]?.body).toEqual({ customerId: 'L-tv', serviceLine: 'tv' })
  for (const reply of ['hang-up', { body: { complete: false, records: [] } }] as const) {
    system.answer(reply)
    await expect(source.findByCustomerId('L-tv')).rejects.toMatchObject({ code: 'store.unavailable' })
  }
})

import { encodeModel } from '#src/linking/model-format.ts'
import { activateModel, createModelInForce, findModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { LOTTE, record } from '#test/matching/people.ts'
import { type Linking, openLinking, verified } from './support.ts'

const trained = (version: string) => ({ ...DEFAULT_MODEL, version })

let linking: Linking

beforeEach(async () => {
  linking = await openLinking([record()])
})

afterEach(() => linking.close())

describe('the model in force', () => {
  test('is the one set by hand until one is trained', async () => {
    const { keys } = linking.store
    expect(await createModelInForce({ keys, clock: () => 0 })()).toBe(DEFAULT_MODEL)
    await activateModel(keys, trained('t-1'))
    expect(await createModelInForce({ keys, clock: () => 0 })()).toEqual(trained('t-1'))
  })

  test('reaches a running node within a minute', async () => {
    const { keys } = linking.store
    let now = 0
    const inForce = createModelInForce({ keys, clock: () => now })
    expect((await inForce()).version).toBe(DEFAULT_MODEL.version)
    await activateModel(keys, trained('t-1'))
    now = 59_999
    expect((await inForce()).version).toBe(DEFAULT_MODEL.version)
    now = 60_000
    expect((await inForce()).version).toBe('t-1')
  })

  test('earlier versions stay, so that a decision can be made again', async () => {
    const { keys } = linking.store
    for (const version of ['t-1', 't-2', 't-1']) await activateModel(keys, trained(version))
    expect(await findModel(keys, 't-2')).toEqual(trained('t-2'))
    expect(await findModel(keys, DEFAULT_MODEL.version)).toBe(DEFAULT_MODEL)
    expect(await findModel(keys, 'never')).toBeUndefined()
    expect((await createModelInForce({ keys, clock: () => 0 })()).version).toBe('t-1')
  })

  test.each([
    ['of another format', JSON.stringify({ format: 0, model: DEFAULT_MODEL })],
    ['without one of its weights', encodeModel({ ...DEFAULT_MODEL, sharedPossessions: [1] } as unknown as MatchModel)],
    ['with a text for a number', encodeModel({ ...DEFAULT_MODEL, epsilon: '1' } as unknown as MatchModel)],
    ['with a number that is none', encodeModel({ ...DEFAULT_MODEL, epsilon: Number.NaN })],
    ['that is none', 'null'],
    ['that is not JSON', 'model'],
  ])('a model %s is not misread', async (_, text) => {
    const { keys } = linking.store
    await keys.putIfAbsent('matching-model', text)
    expect(await createModelInForce({ keys, clock: () => 0 })()).toBe(DEFAULT_MODEL)
  })

  test('of many trainings at once one is in force, and every one is kept', async () => {
    const { keys } = linking.store
    const versions = Array.from({ length: 20 }, (_, at) => `t-${at}`)
    await Promise.all(versions.map(version => activateModel(keys, trained(version))))
    expect(versions).toContain((await createModelInForce({ keys, clock: () => 0 })()).version)
    for (const version of versions) expect((await findModel(keys, version))?.version).toBe(version)
  })

  test('decides logins, and decisions carry its version', async () => {
    const { keys } = linking.store
    await activateModel(keys, { ...trained('t-1') })
    expect(await linking.resolveLink(verified(LOTTE), { clientId: 'web' })).toMatchObject({ kind: 'linked' })
    const created = (await linking.events()).find(({ type }) => type === 'link.created')
    expect(created?.data).toMatchObject({ ruleVersion: expect.stringContaining('t-1') })
  })
})

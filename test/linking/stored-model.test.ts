import { encodeModel } from '#src/linking/model-format.ts'
import {
  activateModel,
  createModelInForce,
  findModel,
  findTrained,
  keepModel,
  listActivations,
  listVersions,
  rollBackModel,
  type TrainedModel,
} from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { LOTTE, record } from '#test/matching/people.ts'
import { type Linking, openLinking, verified } from './support.ts'

const trained = (version: string): TrainedModel => ({
  model: { ...DEFAULT_MODEL, version },
  trainedAt: 1000,
  profile: { mobile: 0.9 },
})

/** Trains a version, as it were, and puts it in force. */
const activate = async (keys: KeysPort, version: string, at = 0): Promise<void> => {
  await keepModel(keys, trained(version))
  expect(await activateModel(keys, { version, at })).toBe('done')
}

const inForceIn = async (keys: KeysPort) => (await createModelInForce({ keys, clock: () => 0 })()).model

let linking: Linking

beforeEach(async () => {
  linking = await openLinking([record()])
})

afterEach(() => linking.close())

describe('the model in force', () => {
  test('is the one set by hand until one is trained', async () => {
    const { keys } = linking.store
    expect(await inForceIn(keys)).toBe(DEFAULT_MODEL)
    await activate(keys, 't-1')
    expect(await inForceIn(keys)).toEqual(trained('t-1').model)
  })

  test('reaches a running node within a minute', async () => {
    const { keys } = linking.store
    let now = 0
    const inForce = createModelInForce({ keys, clock: () => now })
    expect((await inForce()).model.version).toBe(DEFAULT_MODEL.version)
    await activate(keys, 't-1')
    now = 59_999
    expect((await inForce()).model.version).toBe(DEFAULT_MODEL.version)
    now = 60_000
    expect((await inForce()).model.version).toBe('t-1')
  })

  test('earlier versions stay, so that a decision can be made again', async () => {
    const { keys } = linking.store
    for (const version of ['t-1', 't-2', 't-1']) await activate(keys, version)
    expect(await findModel(keys, 't-2')).toEqual(trained('t-2').model)
    expect(await findModel(keys, DEFAULT_MODEL.version)).toBe(DEFAULT_MODEL)
    expect(await findModel(keys, 'never')).toBeUndefined()
    expect((await inForceIn(keys)).version).toBe('t-1')
  })

  const kept = (model: unknown) => JSON.stringify({ trainedAt: 1, profile: {}, model })
  test.each([
    ['of another format', kept(JSON.stringify({ format: 0, model: DEFAULT_MODEL }))],
    [
      'without one of its weights',
      kept(encodeModel({ ...DEFAULT_MODEL, sharedPossessions: [1] } as unknown as MatchModel)),
    ],
    ['with a text for a number', kept(encodeModel({ ...DEFAULT_MODEL, epsilon: '1' } as unknown as MatchModel))],
    ['with a number that is none', kept(encodeModel({ ...DEFAULT_MODEL, epsilon: Number.NaN }))],
    ['that is none', kept('null')],
    ['as it was written before', JSON.stringify({ format: 0, model: {} })],
  ])('a model %s is not misread', async (_, text) => {
    const { keys } = linking.store
    await activate(keys, 't-1')
    const stored = (await keys.find('matching-model:t-1')) as string
    await keys.replace('matching-model:t-1', stored, text)
    expect(await findModel(keys, 't-1')).toBeUndefined()
    expect(await inForceIn(keys)).toBe(DEFAULT_MODEL)
  })

  test('of many trainings at once one is in force, and every one is kept', async () => {
    const { keys } = linking.store
    const versions = Array.from({ length: 20 }, (_, at) => `t-${at}`)
    await Promise.all(versions.map(version => activate(keys, version)))
    expect(versions).toContain((await inForceIn(keys)).version)
    for (const version of versions) expect((await findModel(keys, version))?.version).toBe(version)
  })

  test('a model that was trained is not in force until somebody says so, nor is one that is not there', async () => {
    const { keys } = linking.store
    await keepModel(keys, trained('t-1'))
    expect(await activateModel(keys, { version: 'never', at: 0 })).toBe('unknown')
    expect(await inForceIn(keys)).toBe(DEFAULT_MODEL)
    expect(await findTrained(keys, 't-1')).toEqual(trained('t-1'))
    expect(await listVersions(keys)).toEqual([DEFAULT_MODEL.version, 't-1'])
  })

  test('there is a way back, step by step, to the one set by hand', async () => {
    const { keys } = linking.store
    for (const version of ['t-1', 't-2', 't-3']) await activate(keys, version, 5)
    expect(await listActivations(keys)).toEqual(['t-1', 't-2', 't-3'].map(version => ({ version, at: 5 })))
    const back = [
      await rollBackModel(keys),
      await rollBackModel(keys),
      await rollBackModel(keys),
      await rollBackModel(keys),
    ]
    expect(back).toEqual(['t-2', 't-1', DEFAULT_MODEL.version, DEFAULT_MODEL.version])
    expect(await inForceIn(keys)).toBe(DEFAULT_MODEL)
    await activate(keys, 't-2', 6)
    expect((await inForceIn(keys)).version).toBe('t-2')
  })

  test('decides logins, and decisions carry its version', async () => {
    const { keys } = linking.store
    await activate(keys, 't-1')
    expect(await linking.resolveLink(verified(LOTTE), { clientId: 'web' })).toMatchObject({ kind: 'linked' })
    const created = (await linking.events()).find(({ type }) => type === 'link.created')
    expect(created?.data).toMatchObject({ ruleVersion: expect.stringContaining('t-1') })
  })
})

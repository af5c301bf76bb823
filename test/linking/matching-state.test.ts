import { createMatchingState } from '#src/linking/matching-state.ts'
import { activateModel, keepModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import { LOTTE, lotteIn } from './people.ts'
import { type Linking, NOW, openLinking, verified } from './support.ts'

let linking: Linking
beforeEach(async () => {
  linking = await openLinking([lotteIn('tv'), lotteIn('mobile'), lotteIn('mobile', { customerId: 'other' })])
})
afterEach(() => linking.close())

const customers = new Map([
  ['mobile', 2],
  ['tv', 1],
])

test('tells the model in force, drift of its decisions and records by service line, a quarter of an hour old at most', async () => {
  const { store, clock, resolveLink, remove, pass } = linking
  await resolveLink(verified(LOTTE, 'lotte'), { clientId: 'app' })
  const read = createMatchingState({ store, clock })
  const byHand = { model: { version: DEFAULT_MODEL.version }, drift: { decisions: 1, fields: [] }, customers }
  expect(await read()).toEqual(byHand)

  const model = { ...DEFAULT_MODEL, version: 't-1' }
  await keepModel(store.keys, { model, trainedAt: NOW - 1000, profile: {} })
  await activateModel(store.keys, { version: 't-1', at: NOW })
  await remove({ serviceLine: 'tv', customerId: 'L-tv' })
  expect(await read()).toEqual(byHand)
  pass(15 * 60_000 + 1)
  expect(await read()).toEqual({
    model: { version: 't-1', trainedAt: NOW - 1000 },
    drift: { decisions: 0, fields: [] },
    customers: new Map([['mobile', 2]]),
  })
})

test('what could not be read is read again, and whoever asks meanwhile waits for the same reading', async () => {
  const { store, clock } = linking
  let calls = 0
  const countByLine = async () => {
    calls += 1
    if (calls === 1) throw new Error('away')
    return store.customers.countByLine()
  }
  const read = createMatchingState({ store: { ...store, customers: { ...store.customers, countByLine } }, clock })
  const both = await Promise.allSettled([read(), read()])
  expect([both.map(({ status }) => status), calls]).toEqual([['rejected', 'rejected'], 1])
  expect((await read()).customers).toEqual(customers)
})

import { LOTTE, unclear } from './people.ts'
import { openLinking, verified } from './support.ts'

/** Each by another identity, for tries are few. */
const ROUNDS = 15
/** Of times for nobody, one record and many. */
const MOST_RATIO = 1.2

const ofNobody = { customerId: 'X', invoiceReference: 'INV-X' }

/** Housemates' records without a date: all are compared, some are offered. */
const house = (records: number) =>
  Array.from({ length: records }, (_, at) =>
    unclear('tv', { customerId: `L-${at}`, firstName: at % 2 ? 'Lotte' : 'Tom' }),
  )

test('a wrong proof takes the same time whether there is no candidate, one or thirty', async () => {
  const worlds = []
  for (const records of [0, 1, 30]) worlds.push(await openLinking(house(records)))
  try {
    const quickest = worlds.map(() => Number.POSITIVE_INFINITY)
    // In turn, so that a slow moment of the machine falls on all; the quickest is what somebody patient sees.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, linking] of worlds.entries()) {
        const started = performance.now()
        const outcome = await linking.prove(
          verified(LOTTE, `s-${round}`),
          { clientId: 'app', attemptUid: 'a' },
          ofNobody,
        )
        const took = performance.now() - started
        expect(outcome).toEqual({ kind: 'wrong' })
        quickest[at] = Math.min(quickest[at] as number, took)
      }
    }
    expect(Math.max(...quickest) / Math.min(...quickest)).toBeLessThan(MOST_RATIO)
  } finally {
    for (const linking of worlds) await linking.close()
  }
}, 60_000)

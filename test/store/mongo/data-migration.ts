import { setTimeout as sleep } from 'node:timers/promises'
import type { Document } from 'mongodb'
import { collectionStep, indexStep, type Migration, type Step } from '#src/store/mongo/schema/migration.ts'

/** Documents that a batch of the example changes. */
export const BATCH = 20

/** What a bill is for this PIAS, for the one before (amounts are texts, as in "12.50"), and while both run. */
const schema = (...required: string[]) => ({
  bsonType: 'object',
  required: ['_id', ...required],
  properties: { amount: { bsonType: 'string' }, cents: { bsonType: ['int', 'long', 'double'] } },
})

/** By the server, so that nobody's write in between is lost. `filled` counts how often it was done, for the tests. */
const TO_CENTS: Document[] = [
  {
    $set: {
      cents: { $toInt: { $round: [{ $multiply: [{ $toDouble: '$amount' }, 100] }] } },
      filled: { $add: [{ $ifNull: ['$filled', 0] }, 1] },
    },
  },
]

/** Fills `cents` where it is missing, batch by batch: what is done needs no other mark, so it goes on where it ended. */
const fillStep = ({ pauseMs, onBatch }: ExampleOptions): Step => ({
  name: 'cents of bills',
  run: async db => {
    const bills = db.collection('bills')
    for (;;) {
      const batch = await bills.find({ cents: { $exists: false } }, { projection: { _id: 1 }, limit: BATCH }).toArray()
      if (batch.length === 0) return
      // The condition once more: the version before this one writes meanwhile.
      const those = { _id: { $in: batch.map(({ _id }) => _id) }, cents: { $exists: false } }
      onBatch((await bills.updateMany(those, TO_CENTS)).modifiedCount)
      await sleep(pauseMs)
    }
  },
})

type ExampleOptions = { pauseMs: number; onBatch: (count: number) => void }

/**
 * How data are changed while nodes of two versions run, forward only. Version 1 knows `amount` alone. Version 2 expands:
 * `cents` is allowed, written by its nodes and filled for all others. Version 3, one release later, contracts: by then no
 * node writes bills without `cents`; what the last of them left behind is filled, and from then on it is demanded.
 */
export const createExample = (options: ExampleOptions): readonly Migration[] => [
  { version: 1, name: 'bills', steps: [collectionStep('bills', schema('amount'))] },
  {
    version: 2,
    name: 'bills in cents',
    // The schema first: from then on nodes of both versions may write.
    steps: [collectionStep('bills', schema('amount')), indexStep('bills', { cents: 1 }), fillStep(options)],
  },
  { version: 3, name: 'bills in cents only', steps: [fillStep(options), collectionStep('bills', schema('cents'))] },
]

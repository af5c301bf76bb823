import { parentPort, workerData } from 'node:worker_threads'
import { withPlannedStore } from '#src/cli/offline.ts'
import { toFailure } from '#src/cli/thread-failure.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import { trainModel } from '#src/matching/train/train-model.ts'
import { readBase } from './read-base.ts'
import { createSavedReadings } from './saved-reading.ts'
import type { TrainAnswer, TrainOrder } from './train-on-thread.ts'

/** The thread of a training: it opens the store by itself, so that no key passes between threads. */
const port = parentPort
if (port === null) throw new Error('this file is a worker thread')
const answer = (said: TrainAnswer): void => port.postMessage(said)

try {
  const { plan, now } = workerData as TrainOrder
  const { normaliserVersion: normaliser } = recordFormOf(plan.form)
  await withPlannedStore(plan, Date.now, async ({ customers, keys }) => {
    const { sample, profile } = await readBase({
      customers,
      saved: createSavedReadings(keys),
      clock: () => now,
      normaliser,
      onProgress: records => answer({ kind: 'read', records }),
    })
    answer({ kind: 'trained', training: trainModel(sample, ''), profile })
  })
} catch (error) {
  answer(toFailure(error))
}

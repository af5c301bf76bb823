import { parentPort, workerData } from 'node:worker_threads'
import { type StorePlan, withFeedStore } from '#src/cli/offline.ts'
import { toFailure } from '#src/cli/thread-failure.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import type { Line } from '#src/customers/snapshot/read-lines.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { PrepareAnswer } from './prepare-pool.ts'

/**
 * A thread of an import: it opens the store by itself, so that no key passes between threads, reads lines and gives
 * back changes that are sealed. It ends when it is sent something that is no list of lines.
 */
const port = parentPort
if (port === null) throw new Error('this file is a worker thread')

try {
  const plan = workerData as StorePlan
  const form = recordFormOf(plan.form)
  await withFeedStore(plan, Date.now, async ({ store, sealChange }) => {
    const prepare = createPrepareLines({ ...store, form, sealChange })
    await new Promise<void>(resolve => {
      port.on('message', async (lines: readonly Line[] | undefined) => {
        if (lines === undefined) return resolve()
        port.postMessage(
          await prepare(lines).then((prepared): PrepareAnswer => ({ kind: 'prepared', prepared }), toFailure),
        )
      })
    })
  })
} catch (error) {
  port.postMessage(toFailure(error))
}
port.close()

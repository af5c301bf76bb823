import { Worker } from 'node:worker_threads'
import type { StorePlan } from '#src/cli/offline.ts'
import { fromFailure, type ThreadFailure } from '#src/cli/thread-failure.ts'
import type { Training } from '#src/matching/train/train-model.ts'

/** What the thread is to do: the store, and the time that it is (epoch milliseconds). */
export type TrainOrder = { readonly plan: StorePlan; readonly now: number }

/** What came of the base; `training` is undefined for one that is too small. */
export type Trained = {
  readonly training: Training | undefined
  readonly profile: Readonly<Record<string, number>>
}

/** What the thread says: how far it is, and once what came of it. */
export type TrainAnswer =
  | { readonly kind: 'read'; readonly records: number }
  | ({ readonly kind: 'trained' } & Trained)
  | ThreadFailure

const WORKER = new URL('./train-worker.ts', import.meta.url)

/**
 * What a training may keep, in megabytes: enough for five million records, with which the whole process stays under 700.
 * Without a bound the engine lets a heap grow to several times what is in use before it collects.
 */
const HEAP_MB = 512

/**
 * Reads the whole base and trains on it, on a thread whose memory is bounded.
 * @param options.heapMb megabytes of its heap
 * @throws PiasError `store.unavailable`; an Error where the memory is not enough: what was read by then is saved
 */
export const trainOnThread = (
  order: TrainOrder,
  options: { readonly onProgress?: (records: number) => void; readonly heapMb?: number } = {},
): Promise<Trained> => {
  const { onProgress, heapMb: maxOldGenerationSizeMb = HEAP_MB } = options
  const worker = new Worker(WORKER, {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb },
    // The flags of a test runner or profiler are not the thread's.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  return new Promise((resolve, reject) => {
    let trained: Trained | undefined
    worker.on('message', (answer: TrainAnswer) => {
      if (answer.kind === 'read') onProgress?.(answer.records)
      else if (answer.kind === 'failed') reject(fromFailure(answer))
      else trained = { training: answer.training, profile: answer.profile }
    })
    worker.once('error', reject)
    // By then its store is closed.
    worker.once('exit', () => (trained === undefined ? reject(new Error('the training ended')) : resolve(trained)))
  })
}

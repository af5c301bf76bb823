import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { PresenceCounts } from '#src/customers/snapshot/base-profile.ts'
import type { SampleState } from '#src/matching/train/sample-base.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'

/** How far a training has read the base: enough to go on as if it had never stopped. */
export type SavedReading = {
  /** When it began, epoch milliseconds. */
  readonly began: number
  /** The normaliser that the records were in the form of. */
  readonly normaliser: string
  /** The page to go on with; undefined once all were read. */
  readonly after?: string
  readonly state: SampleState
  /** Records that were read, companies among them. */
  readonly read: number
  /** The records of the sample, as `customerKeyOf`, in their order: some megabytes less than what is in them. */
  readonly kept: readonly string[]
  readonly presence: PresenceCounts
}

const NAME = 'matching-training'
/** What is left of a finished one: names of keys are never taken away. */
const NONE = ''
/** Of a base that has moved on for longer a sample would be half old. */
const LASTS_MS = 24 * 3600 * 1000

const encode = (saved: SavedReading): string => deflateRawSync(JSON.stringify(saved)).toString('base64')
const decode = (text: string): SavedReading =>
  JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString()) as SavedReading

/** Keeps how far a training is in the store, so that another node goes on with one that was killed here. */
export const createSavedReadings = (keys: Pick<KeysPort, 'find' | 'putIfAbsent' | 'replace'>) => {
  const put = async (text: string): Promise<void> => {
    // Of two trainings at once the later writes: both would go on with either.
    let before = await keys.putIfAbsent(NAME, text)
    while (before !== text && !(await keys.replace(NAME, before, text))) before = (await keys.find(NAME)) ?? NONE
  }
  return {
    /** What was left by a training of less than a day ago in the same form of records. @throws `store.unavailable` */
    find: async ({ now, normaliser }: { now: number; normaliser: string }): Promise<SavedReading | undefined> => {
      const text = (await keys.find(NAME)) ?? NONE
      if (text === NONE) return undefined
      const saved = decode(text)
      return now - saved.began < LASTS_MS && saved.normaliser === normaliser ? saved : undefined
    },
    save: (saved: SavedReading): Promise<void> => put(encode(saved)),
    clear: (): Promise<void> => put(NONE),
  }
}

export type SavedReadings = ReturnType<typeof createSavedReadings>

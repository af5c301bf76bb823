import { createPresence, profileOf } from '#src/customers/snapshot/base-profile.ts'
import { findPeople, walkPeople } from '#src/customers/snapshot/walk-people.ts'
import { type BaseSample, type BaseSampler, createBaseSampler } from '#src/matching/train/sample-base.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import type { SavedReading, SavedReadings } from './saved-reading.ts'
import { tryAgain } from './try-again.ts'

export type ReadBaseDeps = {
  readonly customers: Pick<CustomersPort, 'page' | 'find'>
  readonly saved: SavedReadings
  readonly clock: () => number
  readonly normaliser: string
  /** Told how many records were read, companies among them: first, how many were when it was ended last time. */
  readonly onProgress?: (records: number) => void
  readonly pageSize?: number
  readonly pagesPerSave?: number
  /** Records kept of each kind of group. */
  readonly mostRecords?: number
  /** Before a step is tried again; see {@link tryAgain}. */
  readonly pauseMs?: number
}

/** A base as training has read it: its sample, and the share of people who have each part of a record. */
export type BaseReading = { readonly sample: BaseSample; readonly profile: Readonly<Record<string, number>> }

/** A kill costs what was read since, some seconds; a save costs up to some megabytes. */
const PAGES_PER_SAVE = 50

const samplerOf = async ({ customers, mostRecords }: ReadBaseDeps, begun: SavedReading | undefined) => {
  const sampler: BaseSampler = createBaseSampler({
    ...(mostRecords !== undefined && { mostRecords }),
    ...(begun && { state: begun.state }),
  })
  for await (const { key, person } of findPeople(customers, begun?.kept ?? [])) sampler.restore(key, person)
  return sampler
}

/**
 * Reads the whole customer base, a page at a time, in bounded memory. Where it was killed less than a day ago it goes on
 * there, to the same sample: how far it is, and which records are in the sample, is saved now and then. The caller clears
 * what is saved when it needs it no more. Each step is tried again once.
 * @throws PiasError `store.unavailable`
 */
export const readBase = async (deps: ReadBaseDeps): Promise<BaseReading> => {
  const { saved, clock, normaliser, pageSize, pagesPerSave = PAGES_PER_SAVE, pauseMs } = deps
  const customers: ReadBaseDeps['customers'] = {
    page: query => tryAgain(() => deps.customers.page(query), pauseMs),
    find: keys => tryAgain(() => deps.customers.find(keys), pauseMs),
  }
  const begun = await tryAgain(() => saved.find({ now: clock(), normaliser }), pauseMs)
  const began = begun?.began ?? clock()
  const sampler = await samplerOf({ ...deps, customers }, begun)
  const presence = createPresence(begun?.presence)
  let read = begun?.read ?? 0
  const save = (after: string | undefined): Promise<void> => {
    const reading = {
      began,
      normaliser,
      state: sampler.state(),
      read,
      kept: sampler.kept(),
      presence: presence.counts(),
      ...(after !== undefined && { after }),
    }
    return tryAgain(() => saved.save(reading), pauseMs)
  }

  const options = {
    ...(pageSize !== undefined && { pageSize }),
    ...(begun?.after !== undefined && { after: begun.after }),
  }
  deps.onProgress?.(read)
  const isReadToTheEnd = begun !== undefined && begun.after === undefined
  let pages = 0
  for await (const { people, records, next } of isReadToTheEnd ? [] : walkPeople(customers, options)) {
    for (const { key, person } of people) {
      presence.add(person)
      sampler.add(key, person)
    }
    pages += 1
    read += records
    deps.onProgress?.(read)
    if (next === undefined || pages % pagesPerSave === 0) await save(next)
  }
  return { sample: sampler.sample(), profile: profileOf(presence.counts()) }
}

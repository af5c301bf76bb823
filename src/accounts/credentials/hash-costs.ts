import type { KeysPort } from '#src/store/ports/keys.ts'
import { readHash } from './hashes/read-hash.ts'

/** A hash that fits nothing, empty for what another system checks, and how many accounts have one that costs the same. */
export type HashCost = { readonly dummy: string; readonly accounts: number }

/** By what they cost. */
export type HashCosts = Readonly<Record<string, HashCost>>

/** A system has a handful; a file with more says nothing about time any more. */
const MOST_KINDS = 50

const ELSEWHERE = { cost: 'elsewhere', dummy: () => '' }

/** Where the store keeps them. */
const NAME = 'password-hash-costs'

/** What hashes there are, as far as imports have seen; the most of an import counts, so that importing again adds nothing. */
export const loadHashCosts = async (keys: Pick<KeysPort, 'find'>): Promise<HashCosts> =>
  JSON.parse((await keys.find(NAME)) ?? '{}') as HashCosts

const merge = (stored: HashCosts, noted: HashCosts): HashCosts => {
  const added = Object.entries(noted).map(([cost, { dummy, accounts }]): [string, HashCost] => {
    const before = stored[cost]
    return [cost, { dummy: before?.dummy ?? dummy, accounts: Math.max(before?.accounts ?? 0, accounts) }]
  })
  return { ...stored, ...Object.fromEntries(added) }
}

/**
 * Counts what the hashes of an import cost, so that somebody who is not there can be answered after the same work
 * (check-password.ts).
 */
export const createHashCosts = (keys: KeysPort) => {
  const noted: Record<string, { dummy: string; accounts: number }> = {}

  const keep = async (): Promise<void> => {
    for (;;) {
      const before = await keys.find(NAME)
      const after = JSON.stringify(merge(JSON.parse(before ?? '{}'), noted))
      if (after === (before ?? '{}')) return
      if (
        before === undefined ? (await keys.putIfAbsent(NAME, after)) === after : await keys.replace(NAME, before, after)
      )
        return
    }
  }

  return {
    /** Of a login; without a hash it is another system's to check, which costs a call. */
    note: (text: string | undefined): void => {
      const hash = text === undefined ? ELSEWHERE : readHash(text)
      if ('fault' in hash) return
      const known = noted[hash.cost]
      if (known !== undefined) known.accounts += 1
      else if (Object.keys(noted).length < MOST_KINDS) noted[hash.cost] = { dummy: hash.dummy(), accounts: 1 }
    },
    /** Writes down what was noted; parallel imports lose nothing. */
    keep,
  }
}

import type { KeysPort } from '#src/store/ports/keys.ts'
import { BEGINNING, type ChainMark } from './chain.ts'

/** A place in the chain that is remembered under a name among the store's keys, where nobody can forge it. */
export type StoredMark = {
  read(): Promise<ChainMark>
  /** Moves it on. False when another one did so since it was read. */
  advance(from: ChainMark, to: ChainMark): Promise<boolean>
}

const write = ({ number, mac }: ChainMark): string => JSON.stringify({ number, mac })

const createMark = (keys: KeysPort, name: string): StoredMark => ({
  read: async () => {
    const text = await keys.find(name)
    return text === undefined ? BEGINNING : (JSON.parse(text) as ChainMark)
  },
  advance: async (from, to) => {
    await keys.putIfAbsent(name, write(BEGINNING))
    return keys.replace(name, write(from), write(to))
  },
})

/** Where the chain begins, for older blocks are dropped, and how far it was verified. */
export type ChainMarks = { readonly start: StoredMark; readonly verified: StoredMark }

/** The marks of an installation. */
export const createChainMarks = (keys: KeysPort): ChainMarks => ({
  start: createMark(keys, 'audit-start'),
  verified: createMark(keys, 'audit-verified'),
})

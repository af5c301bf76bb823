import type { Ground } from './grounds.ts'

const BITS = 2 ** 26

/** FNV-1a with a last stir: names of one length would else fall close together. */
const hashOf = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}

/**
 * A set of texts in constant memory (8 MB) that never forgets one, and now and then takes a new one for known: then
 * somebody gets another number or mailbox, which harms nobody.
 */
export const createSeen = () => {
  const bits = new Uint8Array(BITS / 8)
  /** @returns whether the text was new; it is known from now on */
  return (text: string): boolean => {
    const at = hashOf(text) % BITS
    const mask = 1 << (at & 7)
    const known = bits[at >>> 3] ?? 0
    bits[at >>> 3] = known | mask
    return (known & mask) === 0
  }
}

/** Hands out the serials of national numbers: those of a day downwards from the end, which life hardly ever reaches. */
const createSerials = () => {
  const given = new Map<string, number>()
  return (day: string, odd: boolean): number => {
    const key = `${day}${odd}`
    const count = given.get(key) ?? 0
    given.set(key, count + 1)
    return (odd ? 997 : 998) - 2 * count
  }
}

const RECYCLED = 400

/** Mobile numbers that were given back and wait for somebody else; what does not fit is forgotten. */
const createRecycling = () => {
  const waiting: { number: string; until: number }[] = []
  const givenAgain = new Set<string>()
  let next = 0
  return {
    /** Whether a number was somebody else's before. */
    wasGivenAgain: (number: string): boolean => givenAgain.has(number),
    add: (number: string, until: number): void => {
      waiting[next % RECYCLED] = { number, until }
      next += 1
    },
    /** A number nobody had in that year, taken off the list. */
    take: (slot: number, year: number): string | undefined => {
      const index = Math.floor(slot * RECYCLED)
      const found = waiting[index]
      if (found === undefined || found.until >= year) return undefined
      givenAgain.add(found.number)
      waiting[index] = { number: '', until: Number.POSITIVE_INFINITY }
      return found.number
    },
  }
}

/** What a country keeps so that nobody has another's number, mailbox or national number; and how people live in it. */
export const createRegisters = (ground: Ground) => ({
  ground,
  isNewContact: createSeen(),
  isNewName: createSeen(),
  nextSerial: createSerials(),
  recycling: createRecycling(),
})

export type Registers = ReturnType<typeof createRegisters>

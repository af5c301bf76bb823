import { randomInt } from 'node:crypto'
import type { Clock } from '#src/kernel/runtime.ts'

/** Numbers a millisecond has room for: 2^42 ms (the year 2109) times 2^11 is the largest exact number of JavaScript. */
const PER_MILLISECOND = 2048

/**
 * Numbers for audit events: growing within a node, by time across nodes, and without a counter that every transaction
 * would have to change (they would all wait for each other). Two nodes may draw the same one in the same millisecond:
 * the unique index refuses it, and the writer draws again.
 */
export const createSequence = (clock: Clock): (() => number) => {
  let last = 0
  return () => {
    const fresh = Math.floor(clock()) * PER_MILLISECOND + randomInt(PER_MILLISECOND / 2)
    last = Math.max(last + 1, fresh)
    return last
  }
}

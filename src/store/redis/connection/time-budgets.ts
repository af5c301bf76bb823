/** How long Redis may take: a person waits, and a queue of waiting requests is worse than an error. */

/** A TCP or TLS connection. */
export const CONNECT_TIMEOUT_MS = 1000
/** One command, from being sent to its answer. */
export const COMMAND_TIMEOUT_MS = 250
/**
 * Nothing heard for so long while something is awaited: the connection is given up, and calls fail at once. The driver
 * counts it, and so also when this process itself stood still: longer than a node ever should.
 */
export const SILENCE_TIMEOUT_MS = 1000
/** Finding and connecting to all servers when a node starts. */
export const OPENING_TIMEOUT_MS = 3000

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1000

/** Milliseconds until the next attempt to connect: doubling, with a quarter by chance so that nodes do not come all at once. */
export const retryDelay = (attempt: number): number => {
  const delay = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS)
  return Math.round(delay * (0.75 + Math.random() / 4))
}

import type { Redis } from 'ioredis'

/**
 * Lets commands that are sent in one turn of the event loop leave in one write to the socket: a request's gathered
 * writes, and those of other requests beside them. Each keeps its own answer and time limit, which a pipeline of the
 * driver would not give it, and costs nothing of the driver's auto-pipelining (client.ts).
 * @returns a function to be called before each command
 */
export const createWriteTogether = (client: Pick<Redis, 'stream'>): (() => void) => {
  let corked = false
  return () => {
    const { stream } = client
    if (corked || stream === undefined) return
    corked = true
    stream.cork()
    // After all promise jobs of this turn, so that commands that come of one another's are in it.
    process.nextTick(() => {
      corked = false
      stream.uncork()
    })
  }
}

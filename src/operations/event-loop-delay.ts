/** How late the event loop is, in milliseconds, until `close`. */
export type EventLoopDelay = { current(): number; close(): void }

const EVERY_MS = 100
const SAMPLES = 5

/**
 * Watches how late timers run. What counts is the smallest of the last five samples: one long pause (a garbage
 * collection, the start of a program) delays a single sample, only work that never ends delays all of them. That is how
 * CoDel tells a standing queue from a burst (RFC 8289, 3.1).
 * @param now milliseconds of a clock that is never set back
 */
export const watchEventLoop = (now: () => number = () => performance.now()): EventLoopDelay => {
  const samples: number[] = Array(SAMPLES).fill(0)
  let due = now() + EVERY_MS
  const timer = setInterval(() => {
    const at = now()
    samples.shift()
    samples.push(Math.max(0, at - due))
    due = at + EVERY_MS
  }, EVERY_MS)
  timer.unref()
  return { current: () => Math.min(...samples), close: () => clearInterval(timer) }
}

/**
 * Waits for an answer for `ms` milliseconds at most. Timers run before sockets are read: after this process stood still
 * (a collection of garbage, a machine on the move) an answer may lie there unread when the time is up. It still counts.
 * @throws Error `Command timed out`, as the driver words it
 */
export const inTime = async <Answer>(answer: Promise<Answer>, ms: number): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => setImmediate(reject, new Error('Command timed out')), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

import { PiasError } from '#src/kernel/errors.ts'

/**
 * Lets at most `running` of some heavy work run at a time, and `waiting` more wait for their turn.
 * @returns a function that runs it; throws PiasError `server.overloaded` for one too many
 */
export const createAtMost = ({ running: most, waiting: mostWaiting }: { running: number; waiting: number }) => {
  let running = 0
  const waiting: (() => void)[] = []

  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= most) {
      if (waiting.length >= mostWaiting) throw new PiasError('server.overloaded', 'too many passwords at a time')
      // Whoever ends hands its place over.
      await new Promise<void>(resolve => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

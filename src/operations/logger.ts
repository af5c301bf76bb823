import { pino } from 'pino'
import type { Logger } from '#src/kernel/runtime.ts'

/** JSON lines on standard error; standard output is kept for the one line that says PIAS is ready. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }))

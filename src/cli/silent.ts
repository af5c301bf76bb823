import type { Logger } from '#src/kernel/runtime.ts'

const nothing = (): void => undefined

/** For what logs on a node: a command tells its outcome alone. */
export const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

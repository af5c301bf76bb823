/** The present, in milliseconds since the epoch. Injected, so that tests decide what time it is. */
export type Clock = () => number

/** Whole seconds since the epoch, as JWT and oidc-provider count. */
export const epochSeconds = (clock: Clock): number => Math.floor(clock() / 1000)

/** Anything that survives `JSON.stringify` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * A structured logger (pino's shape). Fields never hold claims, tokens, names, numbers or addresses of a person:
 * log a code, a reference and counts.
 */
export type Logger = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * Something a node does again and again while it runs, `everyMs` milliseconds after it has done it last, and for the first
 * time `firstMs` after its start, where that is not as long. A run that may take long ends early once the node is stopping.
 */
export type Job = {
  readonly name: string
  readonly everyMs: number
  readonly firstMs?: number
  run(stopping?: AbortSignal): Promise<void>
}

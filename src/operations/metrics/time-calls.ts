import { PiasError } from '#src/kernel/errors.ts'

/** Is told of a call that ended: how long it took, and the code of what it failed with, `other` where that has none. */
type Ended = (seconds: number, error: string | undefined) => void

const codeOf = (error: unknown): string => (error instanceof PiasError ? error.code : 'other')

const isPromise = (value: unknown): value is Promise<unknown> => typeof (value as Promise<unknown>)?.then === 'function'

// biome-ignore lint/suspicious/noExplicitAny: any function of a port
type AnyFunction = (...args: any[]) => unknown

/** The same function, which tells how long its promise took; what answers at once is not told of. */
export const timeCall = <Call extends AnyFunction>(call: Call, ended: Ended): Call =>
  ((...args) => {
    const begun = performance.now()
    const result = call(...args)
    if (!isPromise(result)) return result
    const took = () => (performance.now() - begun) / 1000
    result.then(
      () => ended(took(), undefined),
      error => ended(took(), codeOf(error)),
    )
    return result
  }) as Call

/** The same port, with every function timed. @param ended is told the function's name first */
export const timeCalls = <Port extends object>(
  port: Port,
  ended: (name: string, ...rest: Parameters<Ended>) => void,
): Port =>
  Object.fromEntries(
    Object.entries(port).map(([name, value]) => [
      name,
      typeof value === 'function' ? timeCall(value, (...rest) => ended(name, ...rest)) : value,
    ]),
  ) as Port

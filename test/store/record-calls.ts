type Method = (...values: never[]) => unknown

const isMethod = (value: unknown): value is Method => typeof value === 'function'
const isPort = (value: unknown): value is object => typeof value === 'object' && value !== null

/**
 * Notes which methods of a store's ports are called, so that a contract suite can tell what it has never tried.
 * `record` wraps a store (an object of ports, with methods of its own) and may be used for many stores of one shape;
 * `uncalled` names the methods nobody called yet, as `port.method`.
 */
export const createCallRecorder = () => {
  const known = new Set<string>()
  const called = new Set<string>()

  const recordMethods = <T extends object>(target: T, prefix: string): T => {
    const entries = Object.entries(target).map(([name, value]) => {
      if (!isMethod(value)) return [name, isPort(value) ? recordMethods(value, `${name}.`) : value]
      const path = prefix + name
      known.add(path)
      const recording = (...values: never[]) => {
        called.add(path)
        return value.apply(target, values)
      }
      return [name, recording]
    })
    return Object.fromEntries(entries) as T
  }

  return {
    record: <T extends object>(store: T): T => recordMethods(store, ''),
    known: (): string[] => [...known].sort(),
    uncalled: (): string[] => [...known].filter(path => !called.has(path)).sort(),
  }
}

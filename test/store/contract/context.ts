import type { Store } from '#src/store/ports/store.ts'

/** What every part of the contract works on: a fresh store per test and the time it goes by. */
export type Context = {
  readonly store: () => Store
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Lets time pass: for the clock, and for a backend that goes by a clock of its own. */
  readonly advance: (seconds: number) => Promise<void>
}

/** Parallel callers in a race. */
export const RACERS = 16

/** Runs a race; the caller's number is the argument. */
export const race = <Result>(run: (racer: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, racer) => run(racer)))

/** 16 kB in UTF-8, none of it ASCII, so that a limit in characters is not mistaken for one in bytes. */
export const LARGE = 'é'.repeat(8192)

/** Ids that mean something to a query language, a JavaScript object, a key scheme or a careless encoder. */
export const AWKWARD_IDS = [
  '$ne',
  '{"$gt":""}',
  '__proto__',
  'constructor',
  "'; DROP TABLE accounts; --",
  '"quoted" \\ `back`',
  'a.b:c|d/e*f?[g]',
  'ligne\nsuivante\t',
  'Zoë Ünïcødé 李 𝔘 👩‍👩‍👧',
  'e\u0301', // not normalised: another id than é
  'é',
  LARGE,
]

/** Every kind of JSON value, with keys that a careless store would lose or obey. */
export const AWKWARD_JSON = JSON.parse(
  `{"text":"Zoë 李 👩‍👩‍👧 \\u0000 \\"","number":-1.5e-7,"big":9007199254740991,"yes":true,"none":null,"list":[1,[],{}],
    "$set":{"a.b":1},"__proto__":{"polluted":true},"":"empty key","large":"${LARGE}"}`,
)

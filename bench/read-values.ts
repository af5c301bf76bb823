/**
 * Makes the readers of a command line's values. They end with the usage.
 * @throws Error with the usage, for a value that cannot be used
 */
export const readValues = (usage: string) => ({
  /** A whole number that is large enough. */
  whole: (option: string, value: string, least = 1): number => {
    const number = Number(value)
    if (Number.isSafeInteger(number) && number >= least) return number
    throw new Error(`--${option} must be a whole number from ${least}\n${usage}`)
  },

  /** The chosen names: one of them, or all. */
  choose: <Name extends string>(option: string, value: string, names: readonly Name[]): readonly Name[] => {
    const chosen = value === 'all' ? names : names.filter(name => name === value)
    if (chosen.length === 0) throw new Error(`--${option} ${value}?\n${usage}`)
    return chosen
  },
})

/** What is wrong with a copy, collected by kind. */
export type Findings = {
  /** @param what names the kind, @param which one thing it is true of */
  add(what: string, which?: string): void
  /** A line for each kind, with a few of the things. */
  lines(): readonly string[]
}

const SHOWN = 5

/** An empty collection; a broken copy of millions of accounts ends in a few lines. */
export const createFindings = (): Findings => {
  const found = new Map<string, { count: number; examples: string[] }>()
  return {
    add: (what, which) => {
      const entry = found.get(what) ?? { count: 0, examples: [] }
      entry.count += 1
      if (which !== undefined && entry.examples.length < SHOWN) entry.examples.push(which)
      found.set(what, entry)
    },
    lines: () =>
      [...found].map(([what, { count, examples }]) => {
        if (examples.length === 0) return what
        const more = count > examples.length ? ` and ${count - examples.length} more` : ''
        return `${what}: ${examples.join(', ')}${more}`
      }),
  }
}

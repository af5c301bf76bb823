import { grouped } from './terminal.ts'

/** Changes of outcomes or verdicts, one a line, with their numbers. */
export const changeRows = (changes: ReadonlyMap<string, number>): string =>
  [...changes]
    .sort()
    .map(([change, count]) => `  ${change.padEnd(40)}${grouped(count)}\n`)
    .join('') || '  none\n'

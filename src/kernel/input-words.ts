import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL, such as https://app.example/path',
  email: 'an e-mail address',
  date: 'a day, such as 2026-11-28',
  datetime: 'a time, such as 2026-11-28T08:00:00+01:00',
}

const UNITS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
}

const listOf = (values: readonly unknown[]): string => values.map(String).join(', ')

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${listOf(values)}` : `must be one of ${listOf(values)}`

/** A number of characters or entries; undefined for what is itself a number. */
const amountOf = (origin: string, number: number | bigint): string | undefined => {
  const [one, several] = UNITS[origin] ?? []
  return one === undefined ? undefined : `${number} ${number === 1 ? one : several}`
}

const tooSmall = ({ origin, minimum, inclusive }: Extract<Issue, { code: 'too_small' }>): string => {
  const amount = amountOf(origin, minimum)
  if (amount === undefined) return `must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}`
  return origin === 'string' && minimum === 1 ? 'is missing' : `needs at least ${amount}`
}

const tooBig = ({ origin, maximum, inclusive }: Extract<Issue, { code: 'too_big' }>): string => {
  const amount = amountOf(origin, maximum)
  if (amount === undefined) return `must be ${inclusive === false ? 'less than' : 'at most'} ${maximum}`
  return `must have at most ${amount}`
}

/**
 * What is wrong with an input, in words of people, to be read after the name of its field: for `safeParse` as its `error`.
 * What a schema says itself goes before it; undefined, which leaves the words to the library, for what no input of ours is.
 */
export const inputWords = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_format':
      return FORMATS[issue.format] === undefined ? 'is not in the right format' : `must be ${FORMATS[issue.format]}`
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : oneOf(issue.values)
    case 'unrecognized_keys':
      return `has no ${issue.keys.length === 1 ? 'field' : 'fields'} ${listOf(issue.keys)}`
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options) : 'is not possible here'
    default:
      return undefined
  }
}

import type { z } from 'zod'
import { INPUT_KINDS, type InputLimit, limitOf } from './input-kinds.ts'

type Issue = z.core.$ZodRawIssue

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL, such as https://app.example/path',
  email: 'an e-mail address',
  date: 'a day, such as 2026-11-28',
  datetime: 'a time, such as 2026-11-28T08:00:00+01:00',
}

const listOf = (values: readonly unknown[]): string => values.map(String).join(', ')

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${listOf(values)}` : `must be one of ${listOf(values)}`

const UNITS = { text: ['character', 'characters'], list: ['entry', 'entries'] } as const

const beyond = ({ of, side, limit, inclusive }: InputLimit): string => {
  if (of === 'number') {
    const word = { least: ['more than', 'at least'], most: ['less than', 'at most'] }[side][inclusive ? 1 : 0]
    return `must be ${word} ${limit}`
  }
  if (of === 'text' && side === 'least' && limit === 1) return 'is missing'
  const amount = `${limit} ${UNITS[of][limit === 1 ? 0 : 1]}`
  return side === 'least' ? `needs at least ${amount}` : `must have at most ${amount}`
}

/**
 * What is wrong with an input, in words of people, to be read after the name of its field: for `safeParse` as its `error`.
 * What a schema says itself goes before it; undefined, which leaves the words to the library, for what no input of ours is.
 */
export const inputWords = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${INPUT_KINDS[issue.expected]?.must ?? issue.expected}`
    case 'too_small':
    case 'too_big':
      return beyond(limitOf(issue))
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

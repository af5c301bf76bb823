import type { z } from 'zod'

/** Kinds of input by their names in schemas: what one must be, and how one is sent as JSON. */
export const INPUT_KINDS: Readonly<Record<string, { readonly must: string; readonly send: string }>> = {
  string: { must: 'a string', send: 'text in quotes' },
  number: { must: 'a number', send: 'a number without quotes, such as 1.5' },
  int: { must: 'a whole number', send: 'a number without quotes and decimals, such as 12' },
  boolean: { must: 'true or false', send: 'true or false without quotes' },
  array: { must: 'a list', send: 'a list in brackets, such as ["one"]' },
  object: { must: 'an object', send: 'an object in braces' },
  record: { must: 'an object', send: 'an object in braces' },
}

/** A limit that an input is beyond: of the characters of a text, the entries of a list, or a number itself. */
export type InputLimit = {
  readonly of: 'text' | 'list' | 'number'
  readonly side: 'least' | 'most'
  readonly limit: number | bigint
  /** Whether the limit itself is allowed. */
  readonly inclusive: boolean
}

const OF: Readonly<Record<string, InputLimit['of']>> = { string: 'text', array: 'list' }

type Beyond = Extract<z.core.$ZodRawIssue | z.core.$ZodIssue, { code: 'too_small' | 'too_big' }>

/** The limit that an issue of a schema is about. */
export const limitOf = (issue: Pick<Beyond, 'code' | 'origin' | 'inclusive'> & object): InputLimit => {
  const { minimum, maximum } = issue as { minimum?: number | bigint; maximum?: number | bigint }
  const isLow = issue.code === 'too_small'
  return {
    of: OF[issue.origin] ?? 'number',
    side: isLow ? 'least' : 'most',
    limit: (isLow ? minimum : maximum) ?? 0,
    inclusive: issue.inclusive !== false,
  }
}

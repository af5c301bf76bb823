import type { z } from 'zod'

type Issue = z.core.$ZodIssue

const EXAMPLES: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number without quotes, such as 1.5',
  int: 'a number without quotes and decimals, such as 12',
  boolean: 'true or false without quotes',
  array: 'a list in brackets, such as ["one"]',
  object: 'an object in braces',
  record: 'an object in braces',
}

const MISSING = 'fill it in'

const tooSmall = ({ origin, minimum, inclusive }: Extract<Issue, { code: 'too_small' }>): string => {
  if (origin === 'string') return minimum === 1 ? MISSING : 'make it longer'
  if (origin === 'array') return 'add what is missing'
  return inclusive === false ? `choose more than ${minimum}` : `choose ${minimum} or more`
}

const tooBig = ({ origin, maximum, inclusive }: Extract<Issue, { code: 'too_big' }>): string => {
  if (origin === 'string') return 'shorten it'
  if (origin === 'array') return 'leave some out, or send them in several requests'
  return inclusive === false ? `choose less than ${maximum}` : `choose ${maximum} or less`
}

/**
 * What to do about an input that is not what is described, for each kind of issue; beside the reason, which
 * `inputWords` tells. A rule of a schema's own says it itself, as `params.fix` of its issue.
 */
export const inputFix = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message === 'is missing' ? MISSING : `send ${EXAMPLES[issue.expected] ?? 'what is described'}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_format':
      return 'change it to that form'
    case 'invalid_value':
      return issue.message === 'is missing'
        ? `choose one of ${issue.values.map(String).join(', ')}`
        : 'choose one of them'
    case 'unrecognized_keys':
      return 'remove it, or correct its spelling'
    case 'not_multiple_of':
      return `choose a multiple of ${issue.divisor}`
    case 'custom':
      return typeof issue.params?.fix === 'string' ? issue.params.fix : 'change it as the reason says'
    default:
      return 'send what the description of the API has here'
  }
}

import type { z } from 'zod'
import { INPUT_KINDS, type InputLimit, limitOf } from '#src/kernel/input-kinds.ts'

type Issue = z.core.$ZodIssue

const MISSING = 'fill it in'

/** For texts and lists: what to do where there is too little of them, and too much. */
const AMOUNTS = {
  text: { least: 'make it longer', most: 'shorten it' },
  list: { least: 'add what is missing', most: 'leave some out, or send them in several requests' },
} as const

const withinLimit = ({ of, side, limit, inclusive }: InputLimit): string => {
  if (of === 'text' && side === 'least' && limit === 1) return MISSING
  if (of !== 'number') return AMOUNTS[of][side]
  const [inside, beyond] = side === 'least' ? ['more', 'more than'] : ['less', 'less than']
  return inclusive ? `choose ${limit} or ${inside}` : `choose ${beyond} ${limit}`
}

/**
 * What to do about an input that is not what is described, for each kind of issue; beside the reason, which
 * `inputWords` tells. A rule of a schema's own says it itself, as `params.fix` of its issue.
 */
export const inputFix = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message === 'is missing'
        ? MISSING
        : `send ${INPUT_KINDS[issue.expected]?.send ?? 'what is described'}`
    case 'too_small':
    case 'too_big':
      return withinLimit(limitOf(issue))
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

import type { MatchExplanation } from '#src/matching/decide.ts'

const RIVAL_WORDS = {
  stranger: 'a stranger of that name',
  household: 'somebody of the house',
  twin: 'a twin',
  junior: 'a parent or child of the same name',
} as const

const FIELD_WORDS: Readonly<Record<string, string>> = {
  firstName: 'first name',
  familyName: 'family name',
  birthDate: 'birth date',
  nationalNumber: 'national number',
  mobile: 'mobile',
  email: 'e-mail',
  landline: 'landline',
  address: 'address',
}

const REASON_WORDS: Readonly<Record<string, string>> = {
  anchor: 'linked: the record itself says who and what',
  satellite: 'linked: it goes with a record that says who and what',
  proven: 'linked: the person proved it',
  deceased: 'not linked: the holder is deceased',
  business: 'not linked: a company\u2019s record takes a mandate',
  'national-number-differs': 'not linked: another national number',
  'birth-date-differs': 'not linked: another birth date',
  'made-before-holder-age': 'not linked: made before the person could hold a contract',
  'contact-of-namesake': 'not linked: it holds the contact of a twin or namesake',
  overflowed: 'not linked: too many records share a key, so not all rivals are known',
  incomplete: 'not linked: the search ended before all rivals were known',
  'namesake-on-contact': 'not linked: a namesake shares the house or a contact',
  'two-national-numbers': 'not linked: two national numbers among the records',
  improbable: 'not linked: the error budget does not allow it',
  'kind-of-evidence': 'not linked: what agrees is not of the kinds that link by themselves',
}

const signed = (bits: number): string => `${bits < 0 ? '\u2212' : '+'}${Math.abs(bits).toFixed(1)}`
const NAME_WIDTH = 18
const LEVEL_WIDTH = 14
const BITS_WIDTH = 8
const STRANGER_WIDTH = 10

/**
 * Words one explanation as a waterfall: from what is expected before anything is compared, through what each field adds for
 * the person or for the strongest rival, to the decision. In bits: each doubles the odds; where the rival is no stranger, the
 * last column is against one. Holds levels and numbers only.
 */
export const waterfall = (explanation: MatchExplanation): string => {
  const { serviceLine, customerId, fields, runnerUp, margin, wrong, rule, hindrance, verdict, own, rivals } =
    explanation
  const against = (stranger: number): string =>
    runnerUp === 'stranger' ? '' : signed(stranger).padStart(STRANGER_WIDTH)
  const steps = fields.map(field => ({
    ...field,
    bits: Math.log2(field.own / field[runnerUp]),
    strangerBits: Math.log2(field.own / field.stranger),
  }))
  const start = margin - steps.reduce((sum, { bits }) => sum + bits, 0)
  const strangerStart = Math.log2(own / rivals.stranger) - steps.reduce((sum, one) => sum + one.strangerBits, 0)
  let odds = start
  const row = (name: string, level: string, bits: number, stranger: number): string =>
    `  ${name.padEnd(NAME_WIDTH)}${level.padEnd(LEVEL_WIDTH)}${signed(bits).padStart(BITS_WIDTH)}${signed(odds).padStart(BITS_WIDTH)}${against(stranger)}\n`
  const rows = steps.map(({ field, level, bits, strangerBits }) => {
    odds += bits
    return row(FIELD_WORDS[field] ?? field, level, bits, strangerBits)
  })
  odds = start
  const heads = `${'bits'.padStart(BITS_WIDTH)}${'sum'.padStart(BITS_WIDTH)}${runnerUp === 'stranger' ? '' : 'stranger'.padStart(STRANGER_WIDTH)}`
  return [
    `${serviceLine} ${customerId}: ${REASON_WORDS[rule ?? hindrance ?? ''] ?? verdict}\n`,
    `  strongest rival: ${RIVAL_WORDS[runnerUp]}; probability of being wrong ${wrong.toExponential(1)}\n`,
    `  a bit doubles the odds for the person and against ${RIVAL_WORDS[runnerUp]}${runnerUp === 'stranger' ? '' : '; what both would share adds 0'}\n`,
    `  ${''.padEnd(NAME_WIDTH + LEVEL_WIDTH)}${heads}\n`,
    row('before comparing', '', start, strangerStart),
    ...rows,
    verdict === 'offered' ? '  offered for proof\n' : '',
  ].join('')
}

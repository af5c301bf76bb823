import type { IdentityLine } from '#examples/customer-data/identities/to-identity.ts'
import type { CustomerLine } from '#examples/customer-data/records/to-line.ts'

/** What a baseline looks at, of a record or of an identity. */
type Person = {
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly name?: string
  readonly birthDate?: string
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : []

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')

/** Belgian numbers by their national part; what is too short, or one digit repeated, is no number. */
const phoneOf = (text: string): string | undefined => {
  const digits = text.replaceAll('(0)', '').replaceAll(/\D/g, '')
  const national = digits.replace(/^(0032|32|0)/, '')
  return national.length < 8 || /^(\d)\1*$/.test(national) || /0{6}/.test(national) ? undefined : national
}

const PLACEHOLDERS = /^(geen|noreply|onbekend|pas)@/

const emailOf = (text: string): string | undefined => {
  const email = text.trim().toLowerCase()
  return /@.+\./.test(email) && !PLACEHOLDERS.test(email) ? email : undefined
}

const known = (values: readonly (string | undefined)[]): readonly string[] =>
  values.filter(value => value !== undefined)

const nameOf = (first: unknown, last: unknown): { name?: string } => {
  const [firstName = ''] = String(first ?? '').split(' ')
  const name = `${folded(firstName)} ${folded(String(last ?? ''))}`
  return name.length > 3 ? { name } : {}
}

const dateOf = (value: unknown): { birthDate?: string } => {
  const date = String(value ?? '')
  return /^(19[1-9]|20)\d{1,2}-\d\d-\d\d$/.test(date) && date !== '1970-01-01' ? { birthDate: date } : {}
}

const ofRecord = (line: CustomerLine): Person => ({
  emails: known(texts(line.emails).map(emailOf)),
  phones: known(texts(line.phones).map(phoneOf)),
  ...nameOf(line.firstName, line.lastName),
  ...dateOf(line.birthDate),
})

const ofIdentity = (claims: IdentityLine): Person => ({
  emails: known([emailOf(claims.email ?? '')]),
  phones: known([phoneOf(claims.phone_number)]),
  ...nameOf(claims.given_name, claims.family_name),
  ...dateOf(claims.birthdate),
})

/** The rules most identity providers link by: what two sides must have in common, any of it. */
const RULES = {
  'equal e-mail or phone': ({ emails, phones }: Person) => [...emails, ...phones],
  'name + birth date equal': ({ name, birthDate }: Person) =>
    name !== undefined && birthDate !== undefined ? [`${name} ${birthDate}`] : [],
} as const
export type Baseline = keyof typeof RULES
export const BASELINES = Object.keys(RULES) as readonly Baseline[]

/**
 * Links by a naive rule, with what care a good engineer would take in an afternoon: formats are made one, placeholders
 * left out. Shares no code with PIAS.
 */
export const createBaseline = (name: Baseline) => {
  const keysOf = RULES[name]
  const holders = new Map<string, string[]>()
  return {
    addRecord: (line: CustomerLine): void => {
      for (const key of new Set(keysOf(ofRecord(line)))) {
        const ids = holders.get(key)
        if (ids) ids.push(line.customerId)
        else holders.set(key, [line.customerId])
      }
    },
    /** @returns the numbers of the records it would link */
    link: (identity: IdentityLine): readonly string[] => [
      ...new Set(keysOf(ofIdentity(identity)).flatMap(key => holders.get(key) ?? [])),
    ],
  }
}

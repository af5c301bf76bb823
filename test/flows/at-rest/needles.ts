import { personaLines } from '#examples/customer-data/personas.ts'
import { loadPersonas } from '#examples/itsme-simulator/personas.ts'

/** What is no person's own: it stands in every record, or names nothing but a kind of thing. */
const COMMON = new Set([
  'role',
  'language',
  'segment',
  'status',
  'serviceLine',
  'createdAt',
  'country',
  'gender',
  'locale',
  'postalCode',
  'postal_code',
  'number',
  'box',
  'activationDate',
  'activationMechanism',
])

/** Claims of itsme that describe the document or the phone, not the person. */
const isAboutPerson = (name: string): boolean =>
  !/IDDocument|IDIssuing|citizenship|account|identification_mode/.test(name)

/** All texts in a value, but for those of common fields. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) =>
    COMMON.has(name) || !isAboutPerson(name) ? [] : textsIn(part),
  )
}

const BASE64 = /^[\w-]+$/

/** So long that it does not stand in random base64url by chance, whatever its case; or with a character that never does. */
const isTelling = (text: string): boolean => text.length >= 9 || (text.length >= 5 && !BASE64.test(text))

/** A text as it is, as a JSON value begins, as a key ends, without accents, and the digits of a number or date. */
const formsOf = (text: string): string[] => {
  const lower = text.toLowerCase()
  const folded = lower.normalize('NFD').replaceAll(/\p{M}/gu, '')
  const digits = text.replaceAll(/\D/g, '')
  return [lower, folded, `"${lower}`, `:${folded}`, digits, digits.replace(/^(0|32)/, '')]
}

/** Everything about the test people that must never stand in a store in the plain, in lower case. */
export const personNeedles = (): readonly string[] => {
  const personas = loadPersonas().flatMap(({ claims }) => textsIn(claims))
  const records = personaLines().flatMap(textsIn)
  const names = [...personas, ...records].flatMap(text => [text, ...text.split(/[\s@/,]+/)])
  return [...new Set(names.flatMap(formsOf))].filter(isTelling)
}

/** Which of the needles stand in this text, each once; none is what a test wants. */
export const findNeedles = (text: string, needles: readonly string[]): string[] => {
  const lower = text.toLowerCase()
  return needles.filter(needle => lower.includes(needle))
}

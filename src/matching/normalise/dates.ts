import { fold } from './fold.ts'

/** Systems that must have a date write these; they say nothing about a person. */
const PLACEHOLDERS = new Set(['1911-11-11', '1970-01-01'])
/** Nobody alive was born before; 1901-01-01 and its like are what old systems put for "unknown". */
const FIRST_YEAR = 1906
const LAST_YEAR = 2100

const pad = (part: number): string => String(part).padStart(2, '0')

/** `YYYY-MM-DD` if there is such a day within the years people are born in, otherwise undefined. */
export const calendarDate = (year: number, month: number, day: number): string | undefined => {
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1) return undefined
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return day <= lastDay ? `${year}-${pad(month)}-${pad(day)}` : undefined
}

const YEAR_FIRST = /^(\d{4})[-/. ]?(\d{2})[-/. ]?(\d{2})(?:[T ].*)?$/
const DAY_FIRST = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ]\d.*)?$/
const DAY_FIRST_COMPACT = /^(\d{2})(\d{2})(\d{4})$/
/** "14 maart 1988", "14-MAR-1988", "1er mars 1988". */
const IN_WORDS = /^(\d{1,2})(?:er)?[-/. ]+([a-z]{3,9})\.?[-/. ]+(\d{4})$/
/** The year, and nothing or zeros where the day should be, or the month. */
const YEAR_ONLY = /^(\d{4})(?:0000|[-/. ](?:00[-/. ]\d{2}|\d{2}[-/. ]00))?(?:[T ]\d{2}:.*)?$/
const YEAR_ONLY_LAST = /^(?:0000|(?:00[-/.]\d{1,2}|\d{1,2}[-/.]00)[-/.])(\d{4})$/
/** Midnight in Belgium as a system in UTC writes it down: the evening before. */
const BELGIAN_MIDNIGHT = /^\d{4}-\d{2}-\d{2}T2[23]:00(?::00(?:\.0+)?)?Z$/

/** Months as the languages of Belgium and databases write them, by their first letters. */
const MONTHS: readonly RegExp[] = [
  /^jan/,
  /^f(?:eb|ev)/,
  /^m(?:aa|ar|rt)/,
  /^a(?:pr|vr)/,
  /^m(?:ei|ai|ay)/,
  /^jui?n/,
  /^jui?l/,
  /^a(?:ug|ou)/,
  /^sep/,
  /^o[ck]t/,
  /^nov/,
  /^d[ei][cz]/,
]

const nextDay = (date: string): string => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)

const parseDayFirst = ([, day, month, year]: RegExpExecArray): string | undefined =>
  // Month before day is how American software writes it: believed only where the Belgian order is impossible.
  calendarDate(Number(year), Number(month), Number(day)) ?? calendarDate(Number(year), Number(day), Number(month))

const parseWords = (text: string): string | undefined => {
  const found = IN_WORDS.exec(fold(text))
  if (found === null) return undefined
  const month = MONTHS.findIndex(name => name.test(found[2] as string)) + 1
  return calendarDate(Number(found[3]), month, Number(found[1]))
}

const parse = (text: string): string | undefined => {
  const yearOnly = YEAR_ONLY.exec(text) ?? YEAR_ONLY_LAST.exec(text)
  if (yearOnly !== null) return calendarDate(Number(yearOnly[1]), 1, 1)
  const yearFirst = YEAR_FIRST.exec(text)
  const date =
    yearFirst === null ? undefined : calendarDate(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))
  if (date !== undefined) return BELGIAN_MIDNIGHT.test(text) ? nextDay(date) : date
  const dayFirst = DAY_FIRST.exec(text) ?? DAY_FIRST_COMPACT.exec(text)
  return dayFirst === null ? parseWords(text) : parseDayFirst(dayFirst)
}

/**
 * A date as `YYYY-MM-DD`, from ISO 8601 (also compact, also with a time: midnight in Belgium written in UTC is the next
 * day), day/month/year (also compact, the month also in words), or the year alone, which is its 1 January.
 * Undefined for impossible dates and for what systems put when they know none (1900-01-01, 1970-01-01).
 */
export const normaliseDate = (text: string | undefined): string | undefined => {
  const date = parse((text ?? '').trim())
  return date === undefined || PLACEHOLDERS.has(date) ? undefined : date
}

/** True for 1 January: in legacy data often "only the year is known", though also a real register value. */
export const isBirthYearOnly = (date: string): boolean => date.endsWith('-01-01')

/** The same date with day and month exchanged, or undefined if there is none or it is the same. */
export const swapDayAndMonth = (date: string): string | undefined => {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const swapped = calendarDate(year, day, month)
  return swapped === date ? undefined : swapped
}

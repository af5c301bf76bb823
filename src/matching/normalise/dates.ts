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

const YEAR_FIRST = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?$/
const DAY_FIRST = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/

const parse = (text: string): string | undefined => {
  const yearFirst = YEAR_FIRST.exec(text)
  if (yearFirst !== null) return calendarDate(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))
  const dayFirst = DAY_FIRST.exec(text)
  if (dayFirst === null) return undefined
  const [day, month, year] = [Number(dayFirst[1]), Number(dayFirst[2]), Number(dayFirst[3])]
  // Month before day is how American software writes it: believed only where the Belgian order is impossible.
  return calendarDate(year, month, day) ?? calendarDate(year, day, month)
}

/**
 * A date as `YYYY-MM-DD`, from ISO 8601 (also with a time, also compact) or day/month/year.
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

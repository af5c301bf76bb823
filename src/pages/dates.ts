import type { Locale } from '#src/kernel/identity.ts'

/** People and their clocks are in Belgium. */
const ZONE = 'Europe/Brussels'

/** Makes a formatter for each language once: making one costs a hundred times what using it does. */
const formatters = (options: Intl.DateTimeFormatOptions): ((language: string) => Intl.DateTimeFormat) => {
  const made = new Map<string, Intl.DateTimeFormat>()
  return language => {
    const known = made.get(language) ?? new Intl.DateTimeFormat(language, options)
    made.set(language, known)
    return known
  }
}

const DAY = formatters({ dateStyle: 'long', timeZone: 'UTC' })
const SHORT_DAY = formatters({ dateStyle: 'short', timeZone: ZONE })
const TIME = formatters({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: ZONE })
const MOMENT = formatters({ dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23', timeZone: ZONE })

/** `2001-02-03` as the language writes a day; anything else stays as it is. */
export const writeDate = (value: string, locale: Locale): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value
  const day = new Date(`${value}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return value
  return DAY(`${locale}-BE`).format(day)
}

/** The day of a moment (milliseconds since 1970) in Belgium, as `2001-02-03`. */
export const dayOf = (moment: number): string => SHORT_DAY('sv-SE').format(moment)

/** A moment (milliseconds since 1970) as hours and minutes on a Belgian clock, such as 14:35. */
export const writeTime = (moment: number, locale: Locale): string => TIME(`${locale}-BE`).format(moment)

/** A moment as day and clock time in Belgium. */
export const writeMoment = (moment: number, locale: Locale): string => MOMENT(`${locale}-BE`).format(moment)

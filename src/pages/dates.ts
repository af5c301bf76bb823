import type { Locale } from '#src/kernel/identity.ts'

/** People and their clocks are in Belgium. */
const ZONE = 'Europe/Brussels'

/** `2001-02-03` as the language writes a day; anything else stays as it is. */
export const writeDate = (value: string, locale: Locale): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value
  const day = new Date(`${value}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return value
  return new Intl.DateTimeFormat(`${locale}-BE`, { dateStyle: 'long', timeZone: 'UTC' }).format(day)
}

/** The day of a moment (milliseconds since 1970) in Belgium, as `2001-02-03`. */
export const dayOf = (moment: number): string =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: ZONE }).format(moment)

/** A moment (milliseconds since 1970) as hours and minutes on a Belgian clock, such as 14:35. */
export const writeTime = (moment: number, locale: Locale): string =>
  new Intl.DateTimeFormat(`${locale}-BE`, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: ZONE,
  }).format(moment)

/** A moment as day and clock time in Belgium. */
export const writeMoment = (moment: number, locale: Locale): string =>
  new Intl.DateTimeFormat(`${locale}-BE`, {
    dateStyle: 'long',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: ZONE,
  }).format(moment)

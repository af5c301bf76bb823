/** The zone of all times of the console, typed and shown. */
export const ZONE = 'Europe/Brussels'

/** What the zone is called beside a field. */
export const ZONE_WORD = 'Brussels time'

/** As a browser writes the value of a field for a moment. */
const FIELD = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: ZONE })

const HOUR_MS = 3600 * 1000
/** How far the clock is before UTC, in summer and in winter. */
const OFFSETS_MS = [2 * HOUR_MS, HOUR_MS] as const

/** A moment (epoch milliseconds) as a field of a form takes it, on the Belgian clock: `2026-11-28T21:40`. */
export const toField = (at: number): string => FIELD.format(at).replace(' ', 'T')

/**
 * The moment that somebody typed, by the Belgian clock. An hour that is there twice, in autumn, is the first of the two for a
 * beginning and the second for an end, so that nothing between is left out; one that is left out, in spring, is the next.
 * @param text `YYYY-MM-DDTHH:MM`
 * @returns epoch milliseconds; undefined for what is no such moment
 */
export const fromField = (text: string, edge: 'begin' | 'end'): number | undefined => {
  // The parser takes many a text without a day for one of another century.
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined
  const utc = Date.parse(`${text}:00Z`)
  if (Number.isNaN(utc)) return undefined
  const found = OFFSETS_MS.map(offset => utc - offset).filter(at => toField(at) === text)
  return found.at(edge === 'begin' ? 0 : -1) ?? utc - HOUR_MS
}

import { calendarDate } from './dates.ts'

/** A checked national or bis number; `birthDate` only where the number holds one without doubt. */
export type NationalNumber = {
  readonly number: string
  readonly birthDate?: string
}

const checks = (digits: string, century: '' | '2'): boolean =>
  97 - (Number(century + digits.slice(0, 9)) % 97) === Number(digits.slice(9))

/** Bis numbers (people not in the register) have 20 or 40 added to the month. */
const plainMonth = (month: number): number => month % 20

const MONTHS_PER_BIS_STEP = 20
const HIGHEST_MONTH = 12

/**
 * Checks a Belgian national register number or bis number: 11 digits, YYMMDD + serial + (97 − remainder by 97), with a 2
 * put before for those born from 2000 on. Undefined when it fails.
 * The birth date in it is the birth date of the register, so the two agreeing is one piece of evidence, not two.
 */
export const parseNationalNumber = (text: string | undefined): NationalNumber | undefined => {
  const digits = (text ?? '').replace(/[\s.\-/]/g, '')
  if (!/^\d{11}$/.test(digits)) return undefined
  const month = Number(digits.slice(2, 4))
  if (plainMonth(month) > HIGHEST_MONTH || month > 2 * MONTHS_PER_BIS_STEP + HIGHEST_MONTH) return undefined
  const [before2000, from2000] = [checks(digits, ''), checks(digits, '2')]
  if (!before2000 && !from2000) return undefined
  const year = Number(digits.slice(0, 2)) + (before2000 ? 1900 : 2000)
  const isBis = month > HIGHEST_MONTH
  const date = isBis || (before2000 && from2000) ? undefined : calendarDate(year, month, Number(digits.slice(4, 6)))
  return date === undefined ? { number: digits } : { number: digits, birthDate: date }
}

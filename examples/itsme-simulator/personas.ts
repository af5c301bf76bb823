import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLAIM } from './claims.ts'
import type { Persona } from './options.ts'

/**
 * A persona as `personas.json` has it. With `age` its claims have no birth date: the loader makes one, so that the
 * person is as old as that whenever the simulator starts.
 */
type WrittenPersona = Persona & { readonly age?: number }

/** What itsme says of everybody, unless a persona says otherwise. */
const COMMON_CLAIMS = {
  [`${CLAIM}ongoing_call`]: false,
  [`${CLAIM}identification_mode`]: 'QR',
  [`${CLAIM}account`]: { activationDate: '2024-02-01T09:30:00Z', activationMechanism: 'CARD_READER' },
}

const DAY_MS = 24 * 3600_000

/** A hundred days past that birthday: far from both ends of the year of life. */
const birthdateOfAge = (age: number, now: number): string => {
  const today = new Date(now - 100 * DAY_MS)
  const day = Math.min(today.getUTCDate(), 28)
  return new Date(Date.UTC(today.getUTCFullYear() - age, today.getUTCMonth(), day)).toISOString().slice(0, 10)
}

/** Birth date, the highest serial of the sex, and the check digits; prefix 2 counts for births since 2000. */
const nationalNumberOf = (birthdate: string, gender: unknown): string => {
  const first = birthdate.replaceAll('-', '').slice(2) + (gender === 'female' ? '998' : '997')
  const check = 97 - (Number(birthdate >= '2000' ? `2${first}` : first) % 97)
  return first + String(check).padStart(2, '0')
}

const toPersona = ({ age, ...persona }: WrittenPersona, now: number): Persona => {
  const claims = { ...COMMON_CLAIMS, ...persona.claims }
  if (age === undefined) return { ...persona, claims }
  const birthdate = birthdateOfAge(age, now)
  const numbers = { birthdate, [`${CLAIM}BENationalNumber`]: nationalNumberOf(birthdate, persona.claims.gender) }
  return { ...persona, claims: { ...claims, ...numbers } }
}

/** The personas that come with the simulator; all of them are synthetic. */
export const loadPersonas = (now = Date.now()): Persona[] => {
  const written: WrittenPersona[] = JSON.parse(readFileSync(join(import.meta.dirname, 'personas.json'), 'utf8'))
  return written.map(persona => toPersona(persona, now))
}

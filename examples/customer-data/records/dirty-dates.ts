import { everybodyIn, PRESENT_YEAR } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'

const PLACEHOLDERS = ['1900-01-01', '1900-01-01', '1970-01-01', '0000-00-00', '9999-12-31', '1901-01-01', '1980-01-01']

const swapped = (date: string): string => `${date.slice(0, 4)}-${date.slice(8)}-${date.slice(5, 7)}`

const mistyped = (random: Random, date: string): string => {
  const at = random.pick([2, 3, 6, 9])
  return `${date.slice(0, at)}${random.int(0, 9)}${date.slice(at + 1)}`
}

const reformatted = (random: Random, date: string): string => {
  const [year = '', month = '', day = ''] = date.split('-')
  return random.pick([`${day}/${month}/${year}`, `${day}.${month}.${year}`, `${year}${month}${day}`])
}

/**
 * Two people of one name and one home can be told by the birth date only. How often a clerk who takes another's card
 * takes a namesake's: about one record in a million is then beyond telling, as in life.
 */
const NAMESAKES_MIXED_UP = 0.02

/** The date of somebody else at home, whose card lay on the counter. */
const drawOthersDate = (random: Random, { holder, household, ground }: Contract): string | undefined => {
  const others = everybodyIn(household).filter(
    person =>
      person.firstNames[0] !== holder.firstNames[0] ||
      random.chance(NAMESAKES_MIXED_UP / (ground.namesakes * ground.mixedUpDates)),
  )
  return others.length > 0 ? random.pick(others).birthDate : undefined
}

/** What a clerk or a system makes of a date; mostly nothing. */
const wear = (random: Random, contract: Contract, dirt: number): string => {
  const date = contract.holder.birthDate
  const roll = random.next() / dirt
  if (roll < 0.002 && contract.agent !== undefined) return contract.agent.date
  if (roll < 0.015) return random.pick(PLACEHOLDERS)
  if (roll < 0.03) return `${date.slice(0, 4)}-01-01`
  if (roll < 0.036) return Number(date.slice(8)) <= 12 ? swapped(date) : date
  if (roll < 0.042) return mistyped(random, date)
  if (roll < 0.045) return drawOthersDate(random, contract) ?? date
  if (roll < 0.06) return reformatted(random, date)
  const isMixedUpToo = roll < 0.06 + 0.003 * (contract.ground.mixedUpDates - 1)
  return isMixedUpToo ? (drawOthersDate(random, contract) ?? date) : date
}

/** A record's birth date of its holder: absent on one in eight, and on half of those of companies. */
export const drawDirtyBirthDate = (random: Random, contract: Contract, dirt: number) => {
  const { company, takenFrom } = contract
  if (random.chance(company ? 0.5 : 0.088 * dirt)) return random.pick([undefined, undefined, null, ''])
  if (takenFrom !== undefined && random.chance(0.3)) return takenFrom.birthDate
  return wear(random, contract, dirt)
}

const pad = (value: number): string => String(value).padStart(2, '0')

/** When the record was made, as the system wrote it; some never knew. */
export const drawCreatedAt = (random: Random, { createdIn }: Contract, dirt: number): string | undefined => {
  if (random.chance(0.02 * dirt)) return undefined
  const month = random.int(1, createdIn === PRESENT_YEAR ? 6 : 12)
  const day = `${createdIn}-${pad(month)}-${pad(random.int(1, 28))}`
  return random.chance(0.5)
    ? day
    : `${day}T${pad(random.int(7, 20))}:${pad(random.int(0, 59))}:${pad(random.int(0, 59))}Z`
}

import type { Registers } from '#examples/customer-data/population/registers.ts'
import { birthYearOf, type Person, today } from '#examples/customer-data/population/types.ts'
import { type Contract, ownerOf } from '#examples/customer-data/records/contract.ts'

/**
 * What is special about a person and their records, for figures by class; `plain` where nothing is.
 * @param contracts those of the whole family
 */
export const classesOf = (
  person: Person,
  { contracts, registers, foreign }: { contracts: readonly Contract[]; registers: Registers; foreign: boolean },
): readonly string[] => {
  const own = contracts.filter(contract => ownerOf(contract) === person)
  const others = contracts.filter(contract => ownerOf(contract) !== person)
  const livesIn = ({ household }: Contract): boolean => [...household.adults, ...household.minors].includes(person)
  const movedIn = person.homes.at(-1)?.from ?? 0
  const since17 = birthYearOf(person) + 17
  const found: readonly (readonly [string, boolean])[] = [
    ...person.traits.map(trait => [trait, true] as const),
    ['married name', person.marriedName !== undefined],
    ['call name', person.callName !== undefined],
    ['moved', own.some(({ createdIn }) => createdIn < movedIn)],
    ['business', others.some(({ holder }) => holder === person)],
    ['sole trader', own.some(({ soleTrader }) => soleTrader)],
    ['household', others.some(contract => contract.company === undefined && livesIn(contract))],
    ["on another's contract", others.some(({ usedBy, contact }) => usedBy === person || contact === person)],
    ['taken over', own.some(({ takenFrom }) => takenFrom !== undefined)],
    ['record from before 17', own.some(({ createdIn }) => createdIn < since17)],
    ['recycled number', registers.recycling.wasGivenAgain(today(person.mobiles) ?? '')],
    ['namesake', !registers.isNewName(`${person.firstNames[0]} ${person.familyName}`)],
    ['foreign document', foreign],
  ]
  const classes = [...new Set(found.filter(([, holds]) => holds).map(([name]) => name))]
  return classes.length > 0 ? classes : ['plain']
}

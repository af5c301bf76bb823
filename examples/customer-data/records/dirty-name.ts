import type { Person } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import { mojibake, withoutDiacritics, withTypo } from './typos.ts'

/** Names as a record has them; null and empty are ways of being absent. */
export type DirtyName = { firstName?: string | null; lastName?: string | null }

const initials = (names: readonly string[]): string => names.map(name => `${name.charAt(0)}.`).join('')

const firstNameOf = (random: Random, person: Person, dirt: number): string => {
  const [first = '', second] = person.firstNames
  const roll = random.next() / dirt
  if (roll < 0.035) return `${first.charAt(0)}${random.pick(['.', '', '.'])}`
  if (roll < 0.045) return initials(person.firstNames)
  if (roll < 0.1 && person.callName !== undefined) return person.callName
  if (roll < 0.12 && second !== undefined) return second
  if (roll < 0.16 && second !== undefined) return `${first} ${second}`
  if (roll < 0.17) return person.firstNames.join(' ')
  return first
}

const marriedForms = (random: Random, own: string, spouse: string, french: boolean): string =>
  random.pick([
    spouse,
    `${spouse}-${own}`,
    `${own}-${spouse}`,
    french ? `${own} ép. ${spouse}` : `${own} echtg. ${spouse}`,
  ])

/** "Van den Broeck" as "Vandenbroeck", "VAN DEN BROECK", "van den Broeck" or "Broeck Van den". */
const reshapeParticles = (random: Random, name: string): string => {
  const parts = name.split(' ')
  const last = parts.at(-1) ?? name
  if (parts.length === 1) return name
  return random.weighted([
    { weight: 4, text: parts.join('').charAt(0) + parts.join('').slice(1).toLowerCase() },
    { weight: 3, text: parts.map((part, i) => (i === parts.length - 1 ? part : part.toLowerCase())).join(' ') },
    { weight: 2, text: `${last} ${parts.slice(0, -1).join(' ')}` },
    { weight: 1, text: parts.map(part => part.charAt(0).toUpperCase() + part.slice(1)).join(' ') },
  ]).text
}

const familyNameOf = (random: Random, { holder, createdIn }: Contract, dirt: number): string => {
  const { familyName, marriedName, language } = holder
  const married = marriedName !== undefined && random.chance(createdIn < 2010 ? 0.5 : 0.3)
  const name = married ? marriedForms(random, familyName, marriedName, language === 'fr') : familyName
  return random.chance(0.25 * dirt) ? reshapeParticles(random, name) : name
}

/** What a system does to any name: letters lost, doubled, folded, shouted or cut off. */
const wear = (random: Random, name: string, dirt: number): string => {
  let worn = name
  if (random.chance(0.3 * dirt)) worn = withoutDiacritics(worn)
  else if (random.chance(0.01 * dirt)) worn = mojibake(worn)
  if (random.chance(0.018 * dirt)) worn = withTypo(random, worn)
  if (random.chance(0.006 * dirt)) worn = `${worn} `
  return worn
}

/** A record's name of its holder. */
export const drawDirtyName = (random: Random, contract: Contract, dirt: number): DirtyName => {
  let first = wear(random, firstNameOf(random, contract.holder, dirt), dirt)
  let last = wear(random, familyNameOf(random, contract, dirt), dirt)
  if (contract.serviceLine === 'landline' && contract.createdIn < 2008) last = last.slice(0, 16)
  if (random.chance(0.12 * dirt)) last = last.toUpperCase()
  if (random.chance(0.05 * dirt)) first = first.toUpperCase()
  if (random.chance(0.008 * dirt)) first = `${contract.holder.gender === 'm' ? 'Dhr.' : 'Mevr.'} ${first}`
  if (random.chance(0.012 * dirt)) [first, last] = [last, first]
  if (random.chance(0.012 * dirt)) return { firstName: random.pick([null, '', '-']), lastName: last }
  if (random.chance(0.004 * dirt)) return { firstName: `${first} ${last}`, lastName: '' }
  return { firstName: first, lastName: last }
}

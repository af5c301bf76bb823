import type { Person } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import { mojibake, withoutDiacritics, withTypo } from './typos.ts'

/** Names as a record has them; null and empty are ways of being absent. */
export type DirtyName = { firstName?: string | null | undefined; lastName?: string | null }

const initials = (names: readonly string[]): string => names.map(name => `${name.charAt(0)}.`).join('')

const firstNameOf = (random: Random, person: Person, dirt: number): string => {
  const [first = '', second] = person.firstNames
  const roll = random.next() / dirt
  if (roll < 0.035) return `${first.charAt(0)}${random.pick(['.', '', '.'])}`
  if (roll < 0.045) return initials(person.firstNames)
  if (roll < 0.1 && person.callName !== undefined) return person.callName
  if (roll < 0.115 && second !== undefined) return second
  if (roll < 0.16 && second !== undefined) return `${first} ${second}`
  if (roll < 0.17) return person.firstNames.join(' ')
  if (roll < 0.175 && second !== undefined) return `${first} ${second.charAt(0)}.`
  if (roll < 0.19 && first.includes('-'))
    return random.pick([first.replace('-', ' '), first.replace('-', ''), initials(first.split('-'))])
  return first
}

const marriedForms = (random: Random, own: string, spouse: string, french: boolean): string =>
  random.pick([
    spouse,
    `${spouse}-${own}`,
    `${own}-${spouse}`,
    french ? `${own} ép. ${spouse}` : `${own} echtg. ${spouse}`,
  ])

const shortened = (parts: readonly string[]): string =>
  [...parts.slice(0, -1).map(part => `${part.charAt(0)}.`), parts.at(-1)].join(' ')

/** "Van den Broeck" as "Vandenbroeck", "VAN DEN BROECK", "V. d. Broeck", "Vanden Broeck" or "Broeck Van den". */
const reshapeParticles = (random: Random, name: string): string => {
  const parts = name.split(' ')
  const last = parts.at(-1) ?? name
  if (parts.length === 1) return name
  const glued = parts.join('')
  return random.weighted([
    { weight: 4, text: glued.charAt(0) + glued.slice(1).toLowerCase() },
    { weight: 3, text: parts.map((part, i) => (i === parts.length - 1 ? part : part.toLowerCase())).join(' ') },
    { weight: 2, text: `${last} ${parts.slice(0, -1).join(' ')}` },
    { weight: 1, text: parts.map(part => part.charAt(0).toUpperCase() + part.slice(1)).join(' ') },
    { weight: 1, text: `${parts.slice(0, -1).join('')} ${last}` },
    { weight: 0.5, text: shortened(parts) },
  ]).text
}

const familyNameOf = (random: Random, { holder, createdIn }: Contract, dirt: number): string => {
  const { familyName, marriedName, language } = holder
  const goesByIt =
    marriedName !== undefined &&
    marriedName.from <= createdIn &&
    createdIn < marriedName.until &&
    random.chance(createdIn < 2010 ? 0.5 : 0.3)
  const name = goesByIt ? marriedForms(random, familyName, marriedName.name, language === 'fr') : familyName
  return random.chance(0.25 * dirt) ? reshapeParticles(random, name) : name
}

/** What a system does to any name: letters lost, doubled, folded, shouted or cut off. */
const wear = (random: Random, name: string, dirt: number): string => {
  let worn = name
  if (random.chance(0.3 * dirt)) worn = withoutDiacritics(worn)
  else if (random.chance(0.01 * dirt)) worn = mojibake(worn)
  else if (random.chance(0.005 * dirt)) worn = worn.replaceAll(/[^\p{ASCII}]/gu, '?')
  if (random.chance(0.018 * dirt)) worn = withTypo(random, worn)
  if (random.chance(0.006 * dirt)) worn = `${worn} `
  return worn
}

/** Fields of old systems are short, and what does not fit is gone. */
const cut = (random: Random, { serviceLine, createdIn }: Contract, dirt: number): { first: number; last: number } => {
  if (serviceLine === 'landline' && createdIn < 2008) return { first: 10, last: 16 }
  return random.chance(0.01 * dirt) ? { first: 8, last: 10 } : { first: 40, last: 60 }
}

const HONORIFICS = { m: ['Dhr.', 'M.', 'Dr', 'Mr'], f: ['Mevr.', 'Mme', 'Dr', 'Mevrouw'] } as const

const misplaced = (random: Random, first: string, last: string, dirt: number): DirtyName => {
  const roll = random.next() / dirt
  if (roll < 0.012) return { firstName: last, lastName: first }
  if (roll < 0.024) return { firstName: random.pick([null, '', '-', undefined]), lastName: last }
  if (roll < 0.028) return { firstName: `${first} ${last}`, lastName: '' }
  if (roll < 0.034) return { firstName: null, lastName: `${last} ${first}` }
  if (roll < 0.037) return { firstName: '', lastName: `${random.pick(['Fam.', 'Familie', 'Famille'])} ${last}` }
  return { firstName: first, lastName: last }
}

/** A record's name of its holder. */
export const drawDirtyName = (random: Random, contract: Contract, dirt: number): DirtyName => {
  const room = cut(random, contract, dirt)
  let first = wear(random, firstNameOf(random, contract.holder, dirt), dirt).slice(0, room.first)
  let last = wear(random, familyNameOf(random, contract, dirt), dirt).slice(0, room.last)
  if (random.chance(0.12 * dirt)) last = last.toUpperCase()
  if (random.chance(0.05 * dirt)) first = first.toUpperCase()
  if (random.chance(0.008 * dirt)) first = `${random.pick(HONORIFICS[contract.holder.gender])} ${first}`
  if (contract.company && random.chance(0.08)) last = `${last} ${contract.company.name}`
  return misplaced(random, first, last, dirt)
}

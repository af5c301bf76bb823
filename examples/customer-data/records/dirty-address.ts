import { inOtherLanguage } from '#examples/customer-data/population/addresses.ts'
import { type Address, PRESENT_YEAR, valueIn } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import { withoutDiacritics, withTypo } from './typos.ts'

const ABBREVIATIONS = [
  [/straat$/, 'str.'],
  [/steenweg$/, 'stwg'],
  [/laan$/, 'ln'],
  [/plein$/, 'pl.'],
  [/^Avenue /, 'Av. '],
  [/^Boulevard /, 'Bd '],
  [/^Chaussée /, 'Ch. '],
  [/^Chemin /, 'Ch. '],
  [/^Rue /, 'R. '],
  [/^Place /, 'Pl. '],
  [/Saint-/, 'St-'],
  [/Sint-/, 'St-'],
  [/Straße$/i, 'str.'],
] as const

const abbreviated = (street: string): string =>
  ABBREVIATIONS.reduce<string>((text, [from, to]) => text.replace(from, to), street)

const wornStreet = (random: Random, street: string, dirt: number): string => {
  let worn = street
  if (random.chance(0.15 * dirt)) worn = abbreviated(worn)
  if (random.chance(0.25 * dirt)) worn = withoutDiacritics(worn)
  if (random.chance(0.015 * dirt)) worn = withTypo(random, worn)
  if (random.chance(0.01 * dirt)) worn = worn.slice(0, 18)
  return random.chance(0.12 * dirt) ? worn.toUpperCase() : worn
}

/** House number and box as one system or another keeps them; a box is lost on one record in four. */
const numberAndBox = (random: Random, { number, box }: Address, dirt: number) => {
  if (box === undefined) return { number, box: random.pick([undefined, undefined, null, '']) }
  if (random.chance(0.25 * dirt)) return { number }
  if (random.chance(0.2 * dirt)) {
    return { number: `${number}${random.pick([' bus ', ' bte ', '/', ' b', ' boîte '])}${box}`, box: '' }
  }
  return { number, box: random.chance(0.08) ? `bus ${box}` : box }
}

const writtenCode = (random: Random, code: string, dirt: number): string | null => {
  if (random.chance(0.008 * dirt)) return null
  if (random.chance(0.003 * dirt)) return `${code.slice(0, 2)}${random.digits(2)}`
  return random.chance(0.04) ? `B-${code}` : code
}

/** An address as a record has it. */
const written = (random: Random, address: Address, dirt: number) => {
  const { street, locality } = random.chance(0.15 * dirt) ? inOtherLanguage(address) : address
  const place = {
    postalCode: writtenCode(random, address.postalCode, dirt),
    locality: random.chance(0.15 * dirt) ? withoutDiacritics(locality).toUpperCase() : locality,
    country: random.pick(['BE', 'BE', 'BE', 'België', 'Belgique', '', undefined]),
  }
  const line = wornStreet(random, street, dirt)
  if (random.chance(0.03 * dirt)) return { street: `${line} ${address.number}`, number: '', ...place }
  return { street: line, ...numberAndBox(random, address, dirt), ...place }
}

/** What is delivered to a home moves with it; a mobile's bill still goes where it went. */
const yearOf = (random: Random, { serviceLine, status, keptUntil, createdIn }: Contract, dirt: number): number => {
  if (status === 'closed') return keptUntil
  if (serviceLine !== 'mobile' && !random.chance(0.07 * dirt)) return PRESENT_YEAR
  return random.chance(Math.min(0.9, 0.35 * dirt)) ? createdIn : keptUntil
}

/** Where a record says that its holder lives, and lived: made before the move, it may still say the old place. */
export const drawDirtyAddresses = (random: Random, contract: Contract, dirt: number) => {
  const { holder, company, agent, createdIn } = contract
  if (company) return { address: written(random, company.address, dirt) }
  if (random.chance(0.015 * dirt)) return { address: random.pick([undefined, null, {}]) }
  if (agent !== undefined && random.chance(0.03)) return { address: written(random, agent.address, dirt) }
  const address = valueIn(holder.homes, yearOf(random, contract, dirt))
  const former = valueIn(holder.homes, createdIn)
  if (address === undefined) return {}
  const kept = former !== undefined && former !== address && random.chance(0.5)
  return {
    address: written(random, address, dirt),
    ...(kept && { formerAddresses: [written(random, former, dirt)] }),
  }
}

import type { Address } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import { withoutDiacritics, withTypo } from './typos.ts'

const ABBREVIATIONS = [
  [/straat$/, 'str.'],
  [/steenweg$/, 'stwg'],
  [/laan$/, 'ln'],
  [/^Avenue /, 'Av. '],
  [/^Boulevard /, 'Bd '],
  [/^Chaussée /, 'Ch. '],
  [/^Rue /, 'R. '],
  [/^Place /, 'Pl. '],
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

/** An address as a record has it. */
const written = (random: Random, address: Address, dirt: number) => {
  const foreign = address.other !== undefined && random.chance(0.15 * dirt)
  const { street, locality } = foreign && address.other ? address.other : address
  const place = {
    postalCode: random.chance(0.008 * dirt)
      ? null
      : random.chance(0.04)
        ? `B-${address.postalCode}`
        : address.postalCode,
    locality: random.chance(0.15 * dirt) ? withoutDiacritics(locality).toUpperCase() : locality,
    country: random.pick(['BE', 'BE', 'BE', 'België', 'Belgique', '', undefined]),
  }
  const line = wornStreet(random, street, dirt)
  if (random.chance(0.03 * dirt)) return { street: `${line} ${address.number}`, number: '', ...place }
  return { street: line, ...numberAndBox(random, address, dirt), ...place }
}

/** Where a record says that its holder lives, and lived: made before the move, it may still say the old place. */
export const drawDirtyAddresses = (random: Random, contract: Contract, dirt: number) => {
  const { household, company, dealer, createdIn } = contract
  if (company) return { address: written(random, company.address, dirt) }
  if (random.chance(0.015 * dirt)) return { address: random.pick([undefined, null, {}]) }
  if (dealer !== undefined && random.chance(0.03)) return { address: written(random, dealer.address, dirt) }
  const { address, formerAddress, since } = household
  if (formerAddress === undefined || createdIn > since) return { address: written(random, address, dirt) }
  if (random.chance(contract.status === 'closed' ? 0.9 : 0.35 * dirt))
    return { address: written(random, formerAddress, dirt) }
  const kept = random.chance(0.5)
  return {
    address: written(random, address, dirt),
    ...(kept && { formerAddresses: [written(random, formerAddress, dirt)] }),
  }
}

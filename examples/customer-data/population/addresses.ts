import places from '#examples/customer-data/data/places.json' with { type: 'json' }
import streets from '#examples/customer-data/data/streets.json' with { type: 'json' }
import type { Random } from '#examples/customer-data/random.ts'
import type { Ground } from './grounds.ts'
import type { Address, Language } from './types.ts'

/** A municipality with its share of the population; `area` is the code of its landlines. */
export type Place = {
  readonly postalCode: string
  readonly region: string
  readonly area: string
  readonly weight: number
  readonly nl?: string
  readonly fr?: string
  readonly de?: string
}

const STREETS: Readonly<Record<Language, readonly string[]>> = {
  nl: streets.nl.split(', '),
  fr: streets.fr.split(', '),
  de: streets.de.split(', '),
}
const NL = { stems: streets.nlStems.split(', '), ends: streets.nlEnds.split(', ') }
const FR = { types: streets.frTypes.split(', '), stems: streets.frStems.split(', ') }

const pairsOf = (text: string): readonly (readonly string[])[] => text.split(', ').map(pair => pair.split(' = '))

/** Streets every commune of Brussels has, as their Dutch and their French name. */
const COMMON_PAIRS = pairsOf(streets.pairs)

/** Per postcode of Brussels: its own streets. */
const BILINGUAL: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries(streets.brussels).map(([code, list]) => [code, pairsOf(list)]),
)

/** A place; on a ground with districts one of these. */
export const drawPlace = (random: Random, { districts }: Pick<Ground, 'districts'>): Place => {
  const place = random.weighted<Place>(places)
  if (districts === 1 || BILINGUAL.has(place.postalCode)) return place
  return { ...place, postalCode: String(Number(place.postalCode) + random.int(0, districts - 1)) }
}

/** The language a household in this place speaks with a company. */
export const drawLanguage = (random: Random, place: Place): Language => {
  if (place.region === 'brussels') return random.chance(0.85) ? 'fr' : 'nl'
  if (place.region === 'fr') return random.chance(0.99) ? 'fr' : 'nl'
  if (place.region === 'de') return random.chance(0.9) ? 'de' : 'fr'
  return random.chance(0.97) ? 'nl' : 'fr'
}

const nameIn = (place: Place, language: Language): string =>
  place[language] ?? place.nl ?? place.fr ?? place.de ?? place.postalCode

const drawNumber = (random: Random): string =>
  `${random.int(1, random.chance(0.25) ? 480 : 120)}${random.chance(0.06) ? random.pick(['A', 'B', 'C']) : ''}`

/** Towns have flats; half of them in buildings of many boxes. */
const drawBox = (random: Random, place: Place): { box?: string } => {
  if (!random.chance(place.weight >= 8 ? 0.4 : 0.12)) return {}
  return {
    box: random.pick([`${random.int(1, 40)}`, `${random.int(1, 9)}`, `${random.int(0, 6)}0${random.int(1, 4)}`]),
  }
}

const drawStreet = (random: Random, language: Language): string => {
  if (language === 'de' || random.chance(0.45)) return random.pick(STREETS[language])
  return language === 'nl'
    ? `${random.pick(NL.stems)}${random.pick(NL.ends)}`
    : `${random.pick(FR.types)} ${random.pick(FR.stems)}`
}

/** An address in the place, in the given language where the place has it. */
export const drawAddress = (random: Random, place: Place, language: Language): Address => {
  const rest = { number: drawNumber(random), ...drawBox(random, place), postalCode: place.postalCode, area: place.area }
  const own = BILINGUAL.get(place.postalCode)
  if (!own) {
    const spoken: Language = place.region === 'fr' || place.region === 'de' ? place.region : 'nl'
    return { street: drawStreet(random, spoken), locality: nameIn(place, spoken), ...rest }
  }
  const [dutch = '', french = ''] = random.pick(random.chance(0.3) ? own : COMMON_PAIRS)
  const nl = { street: dutch, locality: nameIn(place, 'nl') }
  const fr = { street: french, locality: nameIn(place, 'fr') }
  return language === 'nl' ? { ...nl, other: fr, ...rest } : { ...fr, other: nl, ...rest }
}

/** The same address in the other language of a bilingual municipality; itself elsewhere. */
export const inOtherLanguage = (address: Address): Address => ({ ...address, ...address.other })

import callNames from '#examples/customer-data/data/call-names.json' with { type: 'json' }
import firstNames from '#examples/customer-data/data/first-names.json' with { type: 'json' }
import surnames from '#examples/customer-data/data/surnames.json' with { type: 'json' }
import type { Random } from '#examples/customer-data/random.ts'
import type { Gender, Language } from './types.ts'

/** Where a family's names come from; shares of the population are rough. */
export type Origin = keyof typeof firstNames

const split = (text: string): readonly string[] => text.split(', ')

type Decades = readonly { readonly from: number; readonly names: readonly string[] }[]

const decadesOf = (table: Readonly<Record<string, string>>): Decades =>
  Object.entries(table)
    .map(([from, names]) => ({ from: Number(from), names: split(names) }))
    .sort((a, b) => b.from - a.from)

const FIRST_NAMES = new Map(
  Object.entries(firstNames).map(([origin, { m, f }]) => [origin, { m: decadesOf(m), f: decadesOf(f) }]),
)

const COMMON = new Map(Object.entries(surnames).map(([origin, { common }]) => [origin, split(common)]))
const NL = { prefixes: split(surnames.nl.prefixes), stems: split(surnames.nl.stems) }
const FR = {
  prefixes: split(surnames.fr.prefixes),
  stems: split(surnames.fr.stems),
  endings: split(surnames.fr.endings),
}
const CALL_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(callNames))

const MIGRANT: readonly { origin: Origin; weight: number }[] = [
  { origin: 'ma', weight: 45 },
  { origin: 'it', weight: 30 },
  { origin: 'tr', weight: 22 },
  { origin: 'eu', weight: 30 },
  { origin: 'cd', weight: 14 },
]

/** A family's origin; more families of migrant origin live in Brussels than elsewhere. */
export const drawOrigin = (random: Random, language: Language, region: string): Origin =>
  random.chance(region === 'brussels' ? 0.45 : 0.12) ? random.weighted(MIGRANT).origin : language

/** A first name as it was given to a child of that year; `taken` are those of the siblings. */
export const drawFirstName = (
  random: Random,
  who: { origin: Origin; gender: Gender; year: number; taken?: readonly string[] },
): string => {
  const decades = FIRST_NAMES.get(who.origin)?.[who.gender] ?? []
  const names = (decades.find(({ from }) => from <= who.year) ?? decades.at(-1))?.names ?? []
  const free = names.filter(name => !who.taken?.includes(name))
  return random.pickRanked(free.length > 0 ? free : names)
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A surname of the long tail: half of all Belgian surnames are borne by three people or fewer. */
const drawRareSurname = (random: Random, language: Language): string => {
  if (language === 'fr') {
    const name = random.pick(FR.stems) + random.pick(FR.endings)
    return random.chance(0.25) ? `${random.pick(FR.prefixes)}${name.toLowerCase()}` : name
  }
  const prefix = random.pick(NL.prefixes)
  const stem = random.pick(NL.stems)
  if (prefix === 'Ver' || random.chance(0.25)) return `${prefix.replaceAll(' ', '')}${stem}`
  return `${prefix} ${random.chance(0.6) ? capital(stem) : stem}`
}

export const drawSurname = (random: Random, origin: Origin): string => {
  if ((origin === 'nl' || origin === 'fr') && random.chance(0.65)) return drawRareSurname(random, origin)
  return random.pickRanked(COMMON.get(origin) ?? [], 15)
}

/** The name somebody goes by, where it is another than the first one of the register. */
export const callNameOf = (firstName: string): string | undefined => CALL_NAMES.get(firstName)

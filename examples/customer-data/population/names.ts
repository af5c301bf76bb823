import callNames from '#examples/customer-data/data/call-names.json' with { type: 'json' }
import firstNames from '#examples/customer-data/data/first-names.json' with { type: 'json' }
import surnames from '#examples/customer-data/data/surnames.json' with { type: 'json' }
import type { Random } from '#examples/customer-data/random.ts'
import type { Gender, Language } from './types.ts'

/** Where a family's names come from; shares of the population are rough. */
export type Origin = keyof typeof firstNames

const split = (text: string | undefined): readonly string[] => [...new Set(text?.split(', ') ?? [''])]

type FirstNames = {
  readonly rare: readonly string[]
  readonly decades: readonly { from: number; names: readonly string[] }[]
}

const firstNamesOf = ({ rare, ...decades }: { rare: string; [from: string]: string }): FirstNames => ({
  rare: split(rare),
  decades: Object.entries(decades)
    .map(([from, names]) => ({ from: Number(from), names: split(names) }))
    .sort((a, b) => b.from - a.from),
})

const FIRST_NAMES = new Map(
  Object.entries(firstNames).map(([origin, { m, f }]) => [origin, { m: firstNamesOf(m), f: firstNamesOf(f) }]),
)

type Parts = { readonly [part in 'common' | 'prefixes' | 'stems' | 'left' | 'right' | 'middles' | 'endings']?: string }

const SURNAMES = new Map(
  Object.entries<Parts>(surnames).map(([origin, parts]) => [
    origin,
    {
      common: split(parts.common),
      prefixes: split(parts.prefixes),
      stems: split(parts.stems),
      left: split(parts.left),
      right: split(parts.right),
      middles: split(parts.middles),
      endings: split(parts.endings),
    },
  ]),
)
type Surnames = NonNullable<ReturnType<typeof SURNAMES.get>>

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

/** The other language of the country gives a name now and then. */
const neighbour = (random: Random, origin: Origin): Origin => {
  if (origin === 'nl') return random.chance(0.09) ? 'fr' : 'nl'
  if (origin === 'fr') return random.chance(0.03) ? 'nl' : 'fr'
  return random.chance(0.12) ? 'fr' : origin
}

const drawName = (random: Random, who: { origin: Origin; gender: Gender; year: number }): string => {
  const { rare, decades } = FIRST_NAMES.get(neighbour(random, who.origin))?.[who.gender] ?? { rare: [], decades: [] }
  if (random.chance(who.year < 1960 ? 0.2 : 0.35)) return random.pickRanked(rare, 30)
  const year = who.year + random.pick([-12, 0, 0, 0, 0, 8])
  const names = (decades.find(({ from }) => from <= year) ?? decades.at(-1))?.names ?? []
  return random.pickRanked(names, who.year < 1960 ? 5 : 14)
}

/** The everyday name of somebody, where there is a usual one. */
export const callNameOf = (firstName: string): string | undefined => CALL_NAMES.get(firstName)

/** Everything somebody with this first name may be called, as it sounds: "Zoë" and "Zoé" are one name. */
const namesFor = (firstName: string): readonly string[] =>
  [firstName, callNameOf(firstName) ?? firstName].map(name => name.normalize('NFD').replace(/\p{M}/gu, ''))

/**
 * A first name as it was given to a child of that year.
 * @param who.like the name of a twin: parents like names that begin alike
 * @param who.taken first names of siblings: no parent gives one twice, or one that sounds the same in everyday life
 */
export const drawFirstName = (
  random: Random,
  who: { origin: Origin; gender: Gender; year: number; taken?: readonly string[]; like?: string },
): string => {
  const fits = (name: string, attempt: number): boolean =>
    who.like === undefined || attempt > 25 || name.startsWith(who.like.slice(0, 2))
  const taken = new Set(who.taken?.flatMap(namesFor))
  for (let attempt = 0; ; attempt += 1) {
    const name = drawName(random, who)
    const isTaken = namesFor(name).some(one => taken.has(one))
    if (attempt > 50 || (!isTaken && fits(name, attempt))) return name
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const joined = (random: Random, prefix: string, name: string): string => {
  if (prefix === '') return capital(name)
  if (prefix.endsWith("'")) return `${prefix}${capital(name)}`
  return random.chance(0.75) ? `${prefix} ${capital(name)}` : `${prefix} ${name}`
}

/** Of places and trades: Van den Wijngaert, Verhaeghebeke, Steenhuys. */
const drawRareDutch = (random: Random, parts: Surnames): string => {
  const stem = random.chance(0.45)
    ? random.pickRanked(parts.stems, 10)
    : `${random.pickRanked(parts.left, 12)}${random.pickRanked(parts.right, 12)}`.toLowerCase()
  const prefix = random.pickRanked(parts.prefixes, 6)
  if (random.chance(0.3)) return capital(stem)
  if (prefix === 'Ver' || random.chance(0.25)) return `${prefix.replaceAll(' ', '')}${stem}`
  return joined(random, prefix, stem)
}

/** Of one to three parts, as the lists of a language allow. */
const drawRareOther = (random: Random, parts: Surnames): string => {
  const middle = random.chance(0.5) ? random.pickRanked(parts.middles, 8) : ''
  const name = `${random.pickRanked(parts.stems, 12)}${middle}${random.pickRanked(parts.endings, 5)}`
  return random.chance(0.3) ? joined(random, random.pickRanked(parts.prefixes, 4), name) : capital(name)
}

/** Shares of people with a name of the list; the others bear one of a long tail of rare names. */
const COMMON: Readonly<Record<Origin, number>> = {
  nl: 0.5,
  fr: 0.5,
  de: 1,
  ma: 0.5,
  tr: 0.6,
  it: 0.5,
  eu: 0.5,
  cd: 0.5,
}

/** A surname of the register: half of all Belgian surnames are borne by three people or fewer. */
export const drawSurname = (random: Random, origin: Origin): string => {
  const parts = SURNAMES.get(origin)
  if (parts === undefined) throw new Error(`no surnames of origin ${origin}`)
  if (random.chance(COMMON[origin])) return random.pickRanked(parts.common, 15)
  const name = origin === 'nl' ? drawRareDutch(random, parts) : drawRareOther(random, parts)
  // Two surnames, as in Spain, or of both parents since 2014.
  if (origin === 'eu' && random.chance(0.12)) return `${name} ${random.pickRanked(parts.common, 15)}`
  return name
}

import type { Random } from '#examples/customer-data/random.ts'
import type { Place } from './addresses.ts'
import { type Dwelling, drawDwelling, homesFor } from './homes.ts'
import { drawOrigin, drawSurname, type Origin } from './names.ts'
import { drawPerson, type PersonSketch } from './people.ts'
import type { Registers } from './registers.ts'
import {
  type Address,
  birthYearOf,
  type Gender,
  type Language,
  type Person,
  PRESENT_YEAR,
  type Trait,
} from './types.ts'

/** What every household of a family starts from. */
export type Setting = {
  readonly random: Random
  readonly registers: Registers
  readonly id: string
  readonly place: Place
  readonly language: Language
}

/** A person to be drawn into a dwelling; what is left out is drawn. */
export type Wanted = {
  readonly index: number
  readonly year: number
  readonly dwelling: Dwelling
  readonly gender?: Gender
  readonly origin?: Origin
  readonly familyName?: string
  readonly parental?: Address
} & Pick<PersonSketch, 'birthDate' | 'firstName' | 'secondName' | 'like' | 'marriedName' | 'diedIn' | 'taken'> & {
    readonly traits?: readonly Trait[]
  }

export const originOf = ({ random, language, place }: Setting): Origin => drawOrigin(random, language, place.region)

export const drawGender = (random: Random): Gender => random.pick(['m', 'f'] as const)

/** A dwelling in the setting's place. */
export const drawHere = ({ random, registers, place, language }: Setting, together: number): Dwelling =>
  drawDwelling(random, { ground: registers.ground, place, language, together })

export const drawMember = (setting: Setting, { index, dwelling, parental, ...wanted }: Wanted): Person => {
  const { random, registers, language } = setting
  const origin = wanted.origin ?? originOf(setting)
  return drawPerson(random, registers, {
    ...wanted,
    id: `${setting.id}.${index}`,
    gender: wanted.gender ?? drawGender(random),
    language,
    origin,
    familyName: wanted.familyName ?? drawSurname(random, origin),
    homes: homesFor(random, {
      ground: registers.ground,
      birthYear: wanted.year,
      language,
      dwelling,
      ...(parental !== undefined && { parental }),
    }),
  })
}

export type Couple = { readonly partners: readonly [Person, Person]; readonly origin: Origin }

/**
 * Partners keep their own surnames; some women go by the husband's in everyday life, most of them elderly.
 * @param together when they began to live together; `until` when that ended, by divorce
 */
export const drawCouple = (
  setting: Setting,
  {
    year,
    dwellings,
    together,
    until = 9999,
  }: { year: number; dwellings: readonly [Dwelling, Dwelling]; together: number; until?: number },
): Couple => {
  const { random } = setting
  const origin = originOf(setting)
  const first = drawMember(setting, { index: 0, year, gender: 'm', origin, dwelling: dwellings[0] })
  const gender = random.chance(0.97) ? 'f' : 'm'
  const goesByIt = gender === 'f' && random.chance(year < 1955 ? 0.6 : 0.2)
  const second = drawMember(setting, {
    index: 1,
    year: Math.min(year + random.int(-5, 6), PRESENT_YEAR - 18),
    gender,
    origin: random.chance(0.75) ? origin : originOf(setting),
    dwelling: dwellings[1],
    taken: first.firstNames,
    ...(goesByIt && { marriedName: { name: first.familyName, from: together, until } }),
  })
  return { partners: [first, second], origin }
}

/** One pair of twins in five has names that begin alike: Jonas and Jonathan. */
export const drawLikeness = ({ random, registers }: Setting, { firstNames: [name] }: Person): { like?: string } =>
  name !== undefined && random.chance(0.2 * registers.ground.echoes) ? { like: name } : {}

type Childhood = { readonly parent: Person; readonly origin: Origin; readonly dwelling: Dwelling }

/** Twins have one birth date and mostly one gender; the eldest child at times has the name of a parent. */
const drawChild = (
  setting: Setting,
  { parent, origin, dwelling }: Childhood,
  { age, elder }: { age: number; elder: readonly Person[] },
): Person => {
  const { random, registers } = setting
  const { namesakes, twins, echoes } = registers.ground
  const before = elder.at(-1)
  const twin = before !== undefined && random.chance(0.035 * twins) ? before : undefined
  const gender = twin !== undefined && random.chance(0.65) ? twin.gender : drawGender(random)
  const [parentsName = ''] = parent.firstNames
  const junior = gender === parent.gender && elder.length === 0 && random.chance(0.015 * namesakes)
  const year = twin ? birthYearOf(twin) : PRESENT_YEAR - age
  return drawMember(setting, {
    index: 10 + elder.length,
    year,
    gender,
    origin,
    familyName: parent.familyName,
    dwelling: { address: dwelling.address, since: Math.max(dwelling.since, year) },
    parental: dwelling.address,
    taken: elder.flatMap(({ firstNames }) => firstNames),
    ...(twin && { birthDate: twin.birthDate, traits: ['twin'], ...drawLikeness(setting, twin) }),
    ...(junior && { firstName: parentsName, traits: ['junior'] }),
    ...(gender === parent.gender && random.chance(0.08 * echoes) && { secondName: parentsName }),
  })
}

/** Children of a home, the eldest first: siblings have different first names. */
export const drawChildren = (
  setting: Setting,
  { ages, ...childhood }: Childhood & { readonly ages: readonly number[] },
): readonly Person[] => {
  const children: Person[] = []
  for (const age of ages) {
    const child = drawChild(setting, childhood, { age, elder: children })
    const before = children.at(-1)
    if (before && child.traits.includes('twin')) children[children.length - 1] = { ...before, traits: ['twin'] }
    children.push(child)
  }
  return children
}

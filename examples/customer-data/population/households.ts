import type { Random } from '#examples/customer-data/random.ts'
import { drawAddress, drawLanguage, drawPlace } from './addresses.ts'
import { drawFamilyEmail, drawLandline } from './contacts.ts'
import { drawOrigin, drawSurname, type Origin } from './names.ts'
import { drawPerson, type PersonSketch } from './people.ts'
import { birthYearOf, type Gender, type Household, type Language, type Person, PRESENT_YEAR } from './types.ts'

/** What everybody in a household starts from. */
type Home = { readonly random: Random; readonly id: string; readonly language: Language; readonly region: string }

type Members = { readonly adults: readonly Person[]; readonly minors: readonly Person[] }

const sketch = (home: Home, index: number, year: number, gender: Gender, origin: Origin): PersonSketch => ({
  id: `${home.id}.${index}`,
  gender,
  language: home.language,
  origin,
  familyName: drawSurname(home.random, origin),
  year,
})

const drawOne = (home: Home, index: number, year: number): Person => {
  const gender = home.random.pick(['m', 'f'] as const)
  const origin = drawOrigin(home.random, home.language, home.region)
  return drawPerson(home.random, sketch(home, index, year, gender, origin))
}

/** Partners keep their own surnames; some women go by the husband's in everyday life, most of them elderly. */
const drawCouple = (home: Home, year: number): { adults: readonly [Person, Person]; origin: Origin } => {
  const { random } = home
  const origin = drawOrigin(random, home.language, home.region)
  const otherOrigin = random.chance(0.75) ? origin : drawOrigin(random, home.language, home.region)
  const first = sketch(home, 0, year, 'm', origin)
  const second = sketch(home, 1, year + random.int(-5, 6), random.chance(0.97) ? 'f' : 'm', otherOrigin)
  const goesByIt = second.gender === 'f' && random.chance(year < 1955 ? 0.6 : 0.2)
  return {
    adults: [
      drawPerson(random, first),
      drawPerson(random, { ...second, ...(goesByIt && { marriedName: first.familyName }) }),
    ],
    origin,
  }
}

/** Children of a home: siblings have different first names, twins one birth date, a son at times his father's name. */
const drawChildren = (home: Home, parent: Person, origin: Origin, count: number): readonly Person[] => {
  const { random } = home
  const youngest = Math.max(PRESENT_YEAR - 26, birthYearOf(parent) + 20)
  const children: Person[] = []
  for (let index = 0; index < count; index += 1) {
    const before = children.at(-1)
    const year = random.int(youngest, Math.max(youngest, PRESENT_YEAR - 8))
    const twin = before !== undefined && random.chance(0.06)
    const gender = twin && random.chance(0.65) ? before.gender : random.pick(['m', 'f'] as const)
    const junior = gender === parent.gender && index === 0 && random.chance(0.02)
    children.push(
      drawPerson(random, {
        ...sketch(home, 10 + index, twin ? birthYearOf(before) : year, gender, origin),
        familyName: parent.familyName,
        ...(twin && { birthDate: before.birthDate }),
        ...(junior && { firstName: parent.firstNames[0] ?? '' }),
        taken: children.map(child => child.firstNames[0] ?? ''),
      }),
    )
  }
  return children
}

const withChildren = (adults: readonly Person[], children: readonly Person[]): Members => ({
  adults: [...adults, ...children.filter(child => birthYearOf(child) <= PRESENT_YEAR - 18)],
  minors: children.filter(child => birthYearOf(child) > PRESENT_YEAR - 18),
})

const KINDS: readonly { readonly weight: number; readonly draw: (home: Home) => Members }[] = [
  { weight: 33, draw: home => ({ adults: [drawOne(home, 0, home.random.int(1932, 2006))], minors: [] }) },
  { weight: 26, draw: home => ({ adults: drawCouple(home, home.random.int(1935, 2000)).adults, minors: [] }) },
  {
    // A family with children at home.
    weight: 27,
    draw: home => {
      const { adults, origin } = drawCouple(home, home.random.int(1962, 1992))
      return withChildren(adults, drawChildren(home, adults[0], origin, home.random.int(1, 3)))
    },
  },
  {
    // A lone parent.
    weight: 9,
    draw: home => {
      const parent = drawOne(home, 0, home.random.int(1960, 1992))
      return withChildren([parent], drawChildren(home, parent, home.language, home.random.int(1, 2)))
    },
  },
  {
    // A parent and a grown child of the same name.
    weight: 1.2,
    draw: home => {
      const senior = drawOne(home, 0, home.random.int(1936, 1974))
      const year = birthYearOf(senior) + home.random.int(21, 32)
      const same = { gender: senior.gender, familyName: senior.familyName, firstName: senior.firstNames[0] ?? '' }
      const junior = drawPerson(home.random, { ...sketch(home, 1, year, senior.gender, home.language), ...same })
      return { adults: [senior, junior], minors: [] }
    },
  },
  {
    // Grown twins who still share a home.
    weight: 0.8,
    draw: home => {
      const one = drawOne(home, 0, home.random.int(1950, 2007))
      const same = { familyName: one.familyName, birthDate: one.birthDate, taken: [one.firstNames[0] ?? ''] }
      const base = sketch(home, 1, birthYearOf(one), one.gender, home.language)
      return { adults: [one, drawPerson(home.random, { ...base, ...same })], minors: [] }
    },
  },
  {
    // Students and others who share a flat and nothing else.
    weight: 3,
    draw: home => {
      const count = home.random.int(2, 4)
      return {
        adults: Array.from({ length: count }, (_, index) => drawOne(home, index, home.random.int(1990, 2007))),
        minors: [],
      }
    },
  },
]

/** Draws a household with its people, address and history. */
export const drawHousehold = (random: Random, id: string): Household => {
  const place = drawPlace(random)
  const language = drawLanguage(random, place)
  const { adults, minors } = random.weighted(KINDS).draw({ random, id, language, region: place.region })
  const oldest = Math.min(...adults.map(birthYearOf))
  const address = drawAddress(random, place, language)
  const moved = random.chance(0.55)
  const from = random.chance(0.6) ? place : drawPlace(random)
  return {
    address,
    ...(moved && { formerAddress: drawAddress(random, from, language) }),
    since: moved ? random.int(Math.max(2004, oldest + 19), PRESENT_YEAR) : oldest + 18,
    ...(random.chance(oldest < 1970 ? 0.75 : 0.25) && { landline: drawLandline(random, address.area) }),
    ...(adults.length > 1 &&
      random.chance(0.25) && {
        sharedEmail: drawFamilyEmail(random, [...new Set(adults.slice(0, 2).map(a => a.familyName))], language),
      }),
    adults,
    minors,
  }
}

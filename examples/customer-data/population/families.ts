import type { Random } from '#examples/customer-data/random.ts'
import { drawLanguage, drawPlace } from './addresses.ts'
import { drawFamilyEmail, drawLandline } from './contacts.ts'
import type { Ground } from './grounds.ts'
import type { Dwelling } from './homes.ts'
import type { Registers } from './registers.ts'
import {
  drawChildren,
  drawCouple,
  drawGender,
  drawHere,
  drawLikeness,
  drawMember,
  originOf,
  type Setting,
} from './setting.ts'
import { birthYearOf, type Family, type Household, type Person, PRESENT_YEAR, type Trait } from './types.ts'

type Members = Pick<Household, 'adults'> & Partial<Household>

/** Adds what a household has in common. */
const settle = ({ random, registers, language }: Setting, members: Members): Household => {
  const { adults } = members
  const oldest = Math.min(...adults.map(birthYearOf))
  const area = adults[0]?.homes.at(-1)?.value.area ?? '2'
  const names = [...new Set(adults.slice(0, 2).map(({ familyName }) => familyName))]
  return {
    minors: [],
    ...members,
    ...(random.chance(oldest < 1970 ? 0.75 : 0.25) && { landline: drawLandline(random, area, registers) }),
    ...(adults.length > 1 &&
      random.chance(0.25 * registers.ground.sharedContacts) && {
        sharedEmail: drawFamilyEmail(random, registers, { names, language }),
      }),
  }
}

const withTrait = (person: Person, trait: Trait): Person => ({ ...person, traits: [...person.traits, trait] })

/** With children of that age at home; grown ones are adults of the household. */
const withChildren = (adults: readonly Person[], children: readonly Person[]): Members => {
  const [parent, ...others] = adults
  const isSenior = parent !== undefined && children.some(({ traits }) => traits.includes('junior'))
  const parents = isSenior ? [withTrait(parent, 'senior'), ...others] : adults
  return {
    adults: [...parents, ...children.filter(child => birthYearOf(child) <= PRESENT_YEAR - 18)],
    minors: children.filter(child => birthYearOf(child) > PRESENT_YEAR - 18),
  }
}

const agesFor = (random: Random, parentYear: number, most: number): readonly number[] => {
  const oldest = Math.min(28, PRESENT_YEAR - parentYear - 20)
  const count = random.int(1, most)
  return Array.from({ length: count }, () => random.int(Math.min(8, oldest), oldest)).sort((a, b) => b - a)
}

const drawSingle = (setting: Setting): Family => {
  const year = setting.random.int(1932, 2007)
  const dwelling = drawHere(setting, Math.min(year + setting.random.int(19, 40), PRESENT_YEAR))
  return [settle(setting, { adults: [drawMember(setting, { index: 0, year, dwelling })] })]
}

const drawPair = (setting: Setting): Family => {
  const year = setting.random.int(1935, 2000)
  const together = year + setting.random.int(22, 35)
  const dwelling = drawHere(setting, together)
  return [
    settle(setting, { adults: drawCouple(setting, { year, dwellings: [dwelling, dwelling], together }).partners }),
  ]
}

const drawNest = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1962, 1992)
  const together = year + random.int(20, 28)
  const dwelling = drawHere(setting, together)
  const { partners, origin } = drawCouple(setting, { year, dwellings: [dwelling, dwelling], together })
  const children = drawChildren(setting, { parent: partners[0], origin, dwelling, ages: agesFor(random, year, 3) })
  return [settle(setting, withChildren(partners, children))]
}

/** Parents whose grown children, twins and juniors among them, have homes of their own. */
const drawFlownNest = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1940, 1972)
  const together = year + random.int(20, 28)
  const home = drawHere(setting, together)
  const { partners, origin } = drawCouple(setting, { year, dwellings: [home, home], together })
  const ages = Array.from({ length: random.int(1, 3) }, () => random.int(24, PRESENT_YEAR - year - 20)).sort(
    (a, b) => b - a,
  )
  const drafts = drawChildren(setting, { parent: partners[0], origin, dwelling: home, ages })
  const nests = drafts.map(child => {
    const left = birthYearOf(child) + random.int(19, 30)
    const { since, address, before } = drawHere(setting, Math.min(left, PRESENT_YEAR))
    const atParents = child.homes.filter(({ from }) => from < (before?.from ?? since))
    const homes = [...atParents, ...(before ? [before] : []), { from: since, value: address }]
    return settle(setting, { adults: [{ ...child, homes }] })
  })
  const isSenior = drafts.some(({ traits }) => traits.includes('junior'))
  const old = PRESENT_YEAR - year > 72 && random.chance(0.35)
  const [first, second] = partners.map(parent => (old ? withTrait(parent, 'helped') : parent)) as [Person, Person]
  const helper = nests[0]?.adults[0]
  const parents = { adults: [isSenior ? withTrait(first, 'senior') : first, second], ...(old && helper && { helper }) }
  return [settle(setting, parents), ...nests]
}

const drawLoneParent = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1960, 1992)
  const dwelling = drawHere(setting, year + random.int(20, 30))
  const origin = originOf(setting)
  const parent = drawMember(setting, { index: 0, year, origin, dwelling })
  const children = drawChildren(setting, { parent, origin, dwelling, ages: agesFor(random, year, 2) })
  return [settle(setting, withChildren([parent], children))]
}

/** A couple that parted: one stayed, the other found another home; children stayed with the first. */
const drawDivorced = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1945, 1992)
  const together = year + random.int(21, 30)
  const parted = Math.min(PRESENT_YEAR, together + random.int(2, 25))
  const former = { from: together, value: drawHere(setting, together).address }
  const stays: Dwelling = { address: former.value, since: together }
  const leaves: Dwelling = { address: drawHere(setting, PRESENT_YEAR).address, since: parted, before: former }
  const dwellings = random.chance(0.5) ? ([stays, leaves] as const) : ([leaves, stays] as const)
  const { partners, origin } = drawCouple(setting, { year, dwellings, together, until: parted })
  const [first, second] = partners.map(partner => withTrait(partner, 'divorced')) as [Person, Person]
  const [stayed, gone] = dwellings[0] === stays ? [first, second] : [second, first]
  const ages = random.chance(0.6) ? agesFor(random, year, 2) : []
  const children = drawChildren(setting, { parent: first, origin, dwelling: stays, ages })
  return [settle(setting, { ...withChildren([stayed], children), gone }), settle(setting, { adults: [gone] })]
}

/** Somebody whose partner died; the contracts were never put right. */
const drawWidowed = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1932, 1965)
  const together = year + random.int(21, 30)
  const dwelling = drawHere(setting, together)
  const { partners } = drawCouple(setting, { year, dwellings: [dwelling, dwelling], together })
  const [alive, dead] = random.chance(0.7) ? [partners[1], partners[0]] : partners
  return [
    settle(setting, {
      adults: [withTrait(alive, 'widowed')],
      gone: { ...dead, diedIn: random.int(2008, PRESENT_YEAR) },
    }),
  ]
}

/** A parent and a grown child of the same name, in one home or two. */
const drawNamesakes = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1936, 1974)
  const dwelling = drawHere(setting, year + random.int(20, 26))
  const senior = drawMember(setting, { index: 0, year, dwelling, traits: ['senior'] })
  const juniorYear = year + random.int(21, 32)
  const own = random.chance(0.5) ? drawHere(setting, juniorYear + 24) : { ...dwelling, since: juniorYear }
  const junior = drawMember(setting, {
    index: 1,
    year: juniorYear,
    gender: senior.gender,
    familyName: senior.familyName,
    firstName: senior.firstNames[0] ?? '',
    dwelling: own,
    parental: dwelling.address,
    traits: ['junior'],
  })
  if (own.address === dwelling.address) return [settle(setting, { adults: [senior, junior] })]
  return [settle(setting, { adults: [senior] }), settle(setting, { adults: [junior] })]
}

/** Grown twins, in one home or two. */
const drawTwins = (setting: Setting): Family => {
  const { random } = setting
  const year = random.int(1950, 2007)
  const origin = originOf(setting)
  const dwelling = drawHere(setting, year + 18)
  const one = drawMember(setting, { index: 0, year, origin, dwelling, traits: ['twin'] })
  const own = random.chance(0.5) ? drawHere(setting, Math.min(year + 24, PRESENT_YEAR)) : dwelling
  const other = drawMember(setting, {
    index: 1,
    year,
    origin,
    gender: random.chance(0.65) ? one.gender : drawGender(random),
    familyName: one.familyName,
    birthDate: one.birthDate,
    ...drawLikeness(setting, one),
    taken: one.firstNames,
    dwelling: own,
    ...(one.homes[0] && { parental: one.homes[0].value }),
    traits: ['twin'],
  })
  if (own === dwelling) return [settle(setting, { adults: [one, other] })]
  return [settle(setting, { adults: [one] }), settle(setting, { adults: [other] })]
}

/** Students and others who share a flat and nothing else. */
const drawFlat = (setting: Setting): Family => {
  const { random } = setting
  const dwelling = drawHere(setting, PRESENT_YEAR - 2)
  const adults = Array.from({ length: random.int(2, 4) }, (_, index) =>
    drawMember(setting, { index, year: random.int(1990, 2007), dwelling }),
  )
  return [settle(setting, { adults })]
}

const kindsOn = ({ namesakes, twins }: Ground): readonly { weight: number; draw: (setting: Setting) => Family }[] => [
  { weight: 29, draw: drawSingle },
  { weight: 21, draw: drawPair },
  { weight: 22, draw: drawNest },
  { weight: 9, draw: drawFlownNest },
  { weight: 7, draw: drawLoneParent },
  { weight: 5, draw: drawDivorced },
  { weight: 3, draw: drawWidowed },
  { weight: 0.9 * namesakes, draw: drawNamesakes },
  { weight: 0.6 * twins, draw: drawTwins },
  { weight: 3, draw: drawFlat },
]

/** Draws a family: one household, or several that are kin, with their addresses and their past. */
export const drawFamily = (random: Random, registers: Registers, id: string): Family => {
  const place = drawPlace(random, registers.ground)
  const language = drawLanguage(random, place)
  return random.weighted(kindsOn(registers.ground)).draw({ random, registers, id, place, language })
}

import { type Company, type Dealer, drawCompany } from '#examples/customer-data/population/outsiders.ts'
import { birthYearOf, type Household, type Person, PRESENT_YEAR } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'
import type { Contract } from './contract.ts'

/** What contracts are drawn with, besides the household. */
export type World = { readonly dealers: readonly Dealer[] }

const FIRST_YEAR: Readonly<Record<ServiceLine, number>> = { mobile: 1998, internet: 2001, tv: 2006, landline: 1985 }

const draftFor = (random: Random, world: World, household: Household) => {
  return (serviceLine: ServiceLine, holder: Person, more: Partial<Contract> = {}): Contract => {
    const age = PRESENT_YEAR - birthYearOf(holder)
    const from = Math.max(FIRST_YEAR[serviceLine], birthYearOf(holder) + (more.role === 'user' ? 9 : 18))
    const deceased = age > 70 && random.chance((age - 70) / 250)
    return {
      serviceLine,
      holder,
      household,
      createdIn: Math.min(PRESENT_YEAR, Math.max(random.int(from, PRESENT_YEAR), random.int(from, PRESENT_YEAR))),
      status: deceased ? 'deceased' : random.chance(0.1) ? 'closed' : 'active',
      role: 'holder',
      ...(random.chance(serviceLine === 'mobile' ? 0.25 : 0.12) && { dealer: random.pick(world.dealers) }),
      ...more,
    }
  }
}

type Draft = ReturnType<typeof draftFor>

/** The home's own products: mostly all in one name, whoever uses them. */
const drawHomeContracts = (random: Random, { adults, landline }: Household, draft: Draft): readonly Contract[] => {
  const payer = random.pick(adults.slice(0, 2))
  const holder = (): Person => (random.chance(0.85) ? payer : random.pick(adults))
  return [
    ...(random.chance(0.62) ? [draft('internet', holder())] : []),
    ...(random.chance(0.5) ? [draft('tv', holder())] : []),
    ...(landline !== undefined && random.chance(0.8) ? [draft('landline', holder())] : []),
  ]
}

const drawMobileContracts = (random: Random, household: Household, draft: Draft): readonly Contract[] => {
  const [first, second] = household.adults
  const contracts: Contract[] = []
  for (const adult of household.adults) {
    if (adult.mobile === undefined || !random.chance(0.6)) continue
    const spouse = adult === first ? second : first
    const bySpouse = spouse !== undefined && random.chance(0.14)
    contracts.push(bySpouse ? draft('mobile', spouse, { usedBy: adult }) : draft('mobile', adult))
  }
  for (const minor of household.minors) {
    if (minor.mobile === undefined || first === undefined || !random.chance(0.5)) continue
    const parent = random.pick(household.adults.slice(0, 2))
    contracts.push(
      random.chance(0.3) ? draft('mobile', minor, { role: 'user' }) : draft('mobile', parent, { usedBy: minor }),
    )
  }
  return contracts
}

/** Contracts of earlier years, closed and never looked at again, and people who only asked for an offer. */
const drawPastContracts = (random: Random, { adults }: Household, draft: Draft): readonly Contract[] =>
  adults.flatMap(adult => [
    ...(random.chance(0.1)
      ? [draft(random.pick(['mobile', 'landline', 'internet']), adult, { status: 'closed' })]
      : []),
    ...(random.chance(0.03) ? [draft(random.pick(['internet', 'tv']), adult, { status: 'prospect' })] : []),
  ])

/** Records of companies that name an adult of the household: a contact, or a sole trader at home. */
const drawBusinessContracts = (random: Random, household: Household, draft: Draft): readonly Contract[] =>
  household.adults.slice(0, 2).flatMap(adult => {
    if (!random.chance(0.06)) return []
    const { language, familyName } = adult
    const address = random.chance(0.4) ? household.address : (household.formerAddress ?? household.address)
    const company: Company = drawCompany(random, address, language, familyName)
    const role = random.chance(0.5) ? 'administrator' : 'holder'
    return [
      draft(random.pick(['mobile', 'internet', 'landline']), adult, { company, role }),
      ...(random.chance(0.4) ? [draft('mobile', random.pick(household.adults), { company, role: 'user' })] : []),
    ]
  })

/** Every contract that names somebody of this household. */
export const drawContracts = (random: Random, world: World, household: Household): readonly Contract[] => {
  const draft = draftFor(random, world, household)
  return [
    ...drawHomeContracts(random, household, draft),
    ...drawMobileContracts(random, household, draft),
    ...drawPastContracts(random, household, draft),
    ...drawBusinessContracts(random, household, draft),
  ]
}

import { drawCompany } from '#examples/customer-data/population/outsiders.ts'
import { type Address, type Household, type Person, today } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { Contract } from './contract.ts'
import type { Draft, World } from './draft.ts'

const LINES = ['mobile', 'mobile', 'internet', 'landline'] as const

/** A company's accounts: one that names who runs it, at times one for each card of the staff. */
const drawAccounts = (
  random: Random,
  world: World,
  { household, draft, adult, home }: { household: Household; draft: Draft; adult: Person; home: Address },
): readonly Contract[] => {
  const { language, familyName } = adult
  const atHome = random.chance(0.4)
  const address = atHome ? home : (random.pick(adult.homes).value ?? home)
  const company = drawCompany(random, world.registers, { address, language, family: familyName })
  const role = random.chance(0.5) ? 'administrator' : 'holder'
  const cards = random.chance(0.4) ? random.int(1, 2) : 0
  return [
    draft(random.pick(LINES), adult, { company, role }),
    ...Array.from({ length: cards }, () => draft('mobile', random.pick(household.adults), { company, role: 'user' })),
  ]
}

/** A shop, practice or farm that is its owner: one and the same person by law. */
const drawSoleTrade = (
  random: Random,
  world: World,
  { draft, adult, home }: { draft: Draft; adult: Person; home: Address },
): readonly Contract[] => {
  const { language, familyName } = adult
  const company = drawCompany(random, world.registers, { address: home, language, family: familyName })
  return [draft(random.pick(LINES), adult, { company, soleTrader: true })]
}

/** Records of companies that name an adult of the household: a contact, one of the staff, or a sole trader at home. */
export const drawBusinessContracts = (
  random: Random,
  world: World,
  { household, draft }: { household: Household; draft: Draft },
): readonly Contract[] =>
  household.adults.slice(0, 2).flatMap(adult => {
    const home = today(adult.homes)
    if (home === undefined) return []
    if (random.chance(0.05)) return drawAccounts(random, world, { household, draft, adult, home })
    return random.chance(0.016) ? drawSoleTrade(random, world, { draft, adult, home }) : []
  })

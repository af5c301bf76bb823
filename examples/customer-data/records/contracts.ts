import type { Ground } from '#examples/customer-data/population/grounds.ts'
import { birthYearOf, type Household, type Person, PRESENT_YEAR } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import { drawBusinessContracts } from './business-contracts.ts'
import type { Contract } from './contract.ts'
import { type Draft, draftFor, type World } from './draft.ts'

/** Contracts of the old are at times arranged by a grown child, whose mailbox and phone then stand on them. */
const helped = (random: Random, { helper }: Household, share: number): Partial<Contract> =>
  helper !== undefined && random.chance(share) ? { contact: helper } : {}

/** The home's own products: mostly all in one name, whoever uses them. */
const drawHomeContracts = (random: Random, household: Household, draft: Draft): readonly Contract[] => {
  const { adults, landline } = household
  const payer = random.pick(adults.slice(0, 2))
  const holder = (): Person => (random.chance(0.85) ? payer : random.pick(adults))
  const more = helped(random, household, 0.4)
  return [
    ...(random.chance(0.62) ? [draft('internet', holder(), more)] : []),
    ...(random.chance(0.5) ? [draft('tv', holder(), more)] : []),
    ...(landline !== undefined && random.chance(0.8) ? [draft('landline', holder(), more)] : []),
  ]
}

/** In whose name a grown person's mobile is: their own, a partner's, or still a parent's. */
const payerFor = (random: Random, { adults }: Household, user: Person, { heldByOthers }: Ground): Person => {
  const parents = adults.slice(0, 2).filter(parent => birthYearOf(parent) < birthYearOf(user) - 16)
  if (parents.length > 0) return random.chance(0.35 * heldByOthers) ? random.pick(parents) : user
  const partner = adults.slice(0, 2).find(adult => adult !== user)
  return partner !== undefined && random.chance(0.14 * heldByOthers) ? partner : user
}

const drawMobileContracts = (
  random: Random,
  household: Household,
  { draft, ground }: { draft: Draft; ground: Ground },
): readonly Contract[] => {
  const contracts: Contract[] = []
  for (const adult of household.adults) {
    if (adult.mobiles.length === 0 || !random.chance(0.6)) continue
    const payer = payerFor(random, household, adult, ground)
    const more = payer === adult ? helped(random, household, 0.3) : { usedBy: adult }
    contracts.push(draft('mobile', payer, more))
  }
  for (const minor of household.minors) {
    if (minor.mobiles.length === 0 || !random.chance(0.5)) continue
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
    ...(random.chance(0.12)
      ? [draft(random.pick(['mobile', 'landline', 'internet']), adult, { status: 'closed' })]
      : []),
    ...(random.chance(0.03) ? [draft(random.pick(['internet', 'tv']), adult, { status: 'prospect' })] : []),
  ])

/** What still runs in the name of somebody who left or died, with the contact of who stayed. */
const drawLeftContracts = (random: Random, { gone, adults }: Household, draft: Draft): readonly Contract[] => {
  const [stayed] = adults
  if (gone === undefined || stayed === undefined) return []
  const status = () =>
    gone.diedIn === undefined ? 'active' : random.pick(['deceased', 'deceased', 'active', 'closed'] as const)
  return (['internet', 'landline', 'mobile', 'tv'] as const)
    .filter(() => random.chance(0.35))
    .map(line => draft(line, gone, { status: status(), ...(random.chance(0.45) && { contact: stayed }) }))
}

/** A contract that was another's of the family before: made in their time, with what was not put right. */
const takenOver = (random: Random, contract: Contract): Contract => {
  const { household, holder, createdIn, ground } = contract
  const former = [...household.adults, ...(household.gone ? [household.gone] : [])].filter(
    ({ firstNames }) => firstNames[0] !== holder.firstNames[0],
  )
  if (former.length === 0 || !random.chance(0.02 * ground.heldByOthers)) return contract
  const takenFrom = random.pick(former)
  const earliest = Math.max(1995, birthYearOf(takenFrom) + 18)
  return { ...contract, takenFrom, createdIn: Math.min(createdIn, earliest + random.int(0, 15)) }
}

/** Every contract that names somebody of this household. */
export const drawContracts = (random: Random, world: World, household: Household): readonly Contract[] => {
  const draft = draftFor(random, world, household)
  const isCustomer = random.chance(household.adults.some(adult => birthYearOf(adult) > PRESENT_YEAR - 26) ? 0.6 : 0.7)
  const own = isCustomer
    ? [
        ...drawHomeContracts(random, household, draft),
        ...drawMobileContracts(random, household, { draft, ground: world.registers.ground }),
        ...drawPastContracts(random, household, draft),
        ...drawLeftContracts(random, household, draft),
      ]
    : []
  return [
    ...own.map(contract => takenOver(random, contract)),
    ...drawBusinessContracts(random, world, { household, draft }),
  ]
}

import type { Agent } from '#examples/customer-data/population/outsiders.ts'
import type { Registers } from '#examples/customer-data/population/registers.ts'
import { birthYearOf, type Household, type Person, PRESENT_YEAR } from '#examples/customer-data/population/types.ts'
import type { Random } from '#examples/customer-data/random.ts'
import type { ServiceLine } from '#src/kernel/customer.ts'
import type { Contract } from './contract.ts'

/** What contracts are drawn with, besides the household. */
export type World = {
  readonly registers: Registers
  readonly dealers: readonly Agent[]
  readonly guardians: readonly Agent[]
}

const FIRST_YEAR: Readonly<Record<ServiceLine, number>> = { mobile: 1998, internet: 2001, tv: 2006, landline: 1985 }

/** Cards that were bought for a child, in the child's name. */
const YOUNG = 0.08

const drawAgent = (random: Random, world: World, serviceLine: ServiceLine, age: number): { agent?: Agent } => {
  if (random.chance(age > 75 ? 0.03 : 0.004)) return { agent: random.pick(world.guardians) }
  return random.chance(serviceLine === 'mobile' ? 0.25 : 0.12) ? { agent: random.pick(world.dealers) } : {}
}

/** Systems outlive each other: what was made before them has the date of the move, or none that makes sense. */
const drawCreation = (random: Random, from: number, until: number): number =>
  from >= until ? until : Math.max(random.int(from, until), random.int(from, until))

/** Makes contracts of a household: `more` says what is not drawn. */
export const draftFor =
  (random: Random, world: World, household: Household) =>
  (serviceLine: ServiceLine, holder: Person, more: Partial<Contract> = {}): Contract => {
    const age = PRESENT_YEAR - birthYearOf(holder)
    const until = holder.diedIn ?? PRESENT_YEAR
    const inOwnName = more.role === 'user' || (serviceLine === 'mobile' && random.chance(YOUNG)) ? 9 : 18
    const from = Math.max(FIRST_YEAR[serviceLine], birthYearOf(holder) + inOwnName)
    const createdIn = drawCreation(random, Math.min(from, until), until)
    const status = more.status ?? (random.chance(0.12) ? 'closed' : 'active')
    const looked = random.chance(0.55) ? until : random.int(createdIn, until)
    return {
      serviceLine,
      holder,
      household,
      createdIn,
      keptUntil: status === 'closed' ? Math.min(until, createdIn + random.int(1, 8)) : looked,
      status,
      role: 'holder',
      ground: world.registers.ground,
      ...drawAgent(random, world, serviceLine, age),
      ...more,
    }
  }

export type Draft = ReturnType<typeof draftFor>

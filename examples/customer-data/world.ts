import { classesOf } from './identities/classes.ts'
import { hasForeignDocument, hasItsme, type IdentityLine, toIdentity } from './identities/to-identity.ts'
import { drawFamily } from './population/families.ts'
import { GROUNDS, type GroundName } from './population/grounds.ts'
import { drawOutsiders } from './population/outsiders.ts'
import { createRegisters } from './population/registers.ts'
import { everybodyIn, type Person } from './population/types.ts'
import { createRandom } from './random.ts'
import { ownerOf } from './records/contract.ts'
import { drawContracts } from './records/contracts.ts'
import { type CustomerLine, toLine } from './records/to-line.ts'

/** How dirty the records are: factors of the rate of every kind of dirt. */
export const LEVELS = { light: 0.5, medium: 1, heavy: 2 } as const
export type Level = keyof typeof LEVELS

/** A line with its truth: `holderId` is the same for all records that name one person. */
export type LabelledLine = {
  readonly line: CustomerLine
  readonly holderId: string
  readonly ownerId: string | undefined
}

/** An identity with its truth: the numbers of the records that are this person's own, and what is special. */
export type LabelledIdentity = {
  readonly line: IdentityLine
  readonly customerIds: readonly string[]
  readonly classes: readonly string[]
}

/** A family as it left its records with four service lines, and those of its members who have itsme. */
export type DrawnFamily = {
  readonly records: readonly LabelledLine[]
  readonly identities: readonly LabelledIdentity[]
}

/**
 * Draws synthetic Belgian families, one after the other. Endless, in nearly constant memory; each family has its own
 * stream of choices, and the same seed gives the same bytes on every machine.
 */
export function* drawWorld({
  seed,
  level,
  ground = 'usual',
}: {
  seed: number
  level: Level
  ground?: GroundName
}): Generator<DrawnFamily> {
  const registers = createRegisters(GROUNDS[ground])
  const world = { registers, ...drawOutsiders(String(seed), registers) }
  let records = 0
  let identities = 0

  for (let number = 1; ; number += 1) {
    const random = createRandom(`${seed}/family/${number}`)
    const family = drawFamily(random, registers, `f${number}`)
    const contracts = family.flatMap(household => drawContracts(random, world, household))
    const labelled = contracts.map(contract => {
      records += 1
      const line = toLine(random, contract, { serial: records, level: LEVELS[level] })
      return { line, holderId: contract.holder.id, ownerId: ownerOf(contract)?.id }
    })
    const toLabelled = (person: Person): LabelledIdentity => {
      identities += 1
      const foreign = hasForeignDocument(random)
      const identityId = `P${1_000_000 + identities}`
      return {
        line: toIdentity(random, { person, registers, identityId, foreign }),
        customerIds: labelled.filter(({ ownerId }) => ownerId === person.id).map(({ line }) => line.customerId),
        classes: classesOf(person, { contracts, registers, foreign }),
      }
    }
    const people = family.flatMap(everybodyIn).filter(person => hasItsme(random, person))
    yield { records: labelled, identities: people.map(toLabelled) }
  }
}

import type { DecisionLine } from './evaluate.ts'
import type { EvaluatedIdentity } from './identity-line.ts'
import type { Truth } from './truth-line.ts'

/** What was counted over some identities. Rates are made of these by `report.ts`. */
export type Counts = {
  readonly identities: number
  /** Identities that own a record. */
  readonly owners: number
  /** Owners with at least one right link and no wrong one. */
  readonly ownersRight: number
  /** Records linked at once, and those of them whose holder is somebody else. */
  readonly links: number
  readonly wrong: number
  /** Records the identities own; those linked at once; those linked or offered for proof. */
  readonly records: number
  readonly recordsLinked: number
  readonly recordsWithProof: number
  /** Those besides that their customer number and invoice would prove. */
  readonly recordsByInvoice: number
  /** Identities that are asked: the decision is `confirm`. */
  readonly asked: number
  /** Identities without records, and those of them to whom something was linked. */
  readonly strangers: number
  readonly strangersLinked: number
  /** Records of others offered for proof. */
  readonly foreignOffered: number
}

/** A link that is wrong, by ids. */
export type WrongLink = { readonly identityId: string; readonly customerId: string }

/** Counts over all identities and over each class of them. */
export type Tally = {
  readonly all: Counts
  readonly classes: ReadonlyMap<string, Counts>
  readonly wrongLinks: readonly WrongLink[]
  /** Identities the truth says nothing about: decided, not counted. */
  readonly unknown: number
}

const NOTHING: Counts = {
  identities: 0,
  owners: 0,
  ownersRight: 0,
  links: 0,
  wrong: 0,
  records: 0,
  recordsLinked: 0,
  recordsWithProof: 0,
  recordsByInvoice: 0,
  asked: 0,
  strangers: 0,
  strangersLinked: 0,
  foreignOffered: 0,
}

const countOne = ({ decision, customerIds, candidates }: DecisionLine, truth: Truth, byInvoice: number): Counts => {
  const own = new Set(truth.customerIds)
  const right = customerIds.filter(id => own.has(id)).length
  const offered = candidates.filter(id => own.has(id)).length
  const wrong = customerIds.length - right
  const isOwner = own.size > 0
  return {
    identities: 1,
    owners: Number(isOwner),
    ownersRight: Number(right > 0 && wrong === 0),
    links: customerIds.length,
    wrong,
    records: own.size,
    recordsLinked: right,
    recordsWithProof: right + offered,
    recordsByInvoice: byInvoice,
    asked: Number(decision === 'confirm'),
    strangers: Number(!isOwner),
    strangersLinked: Number(!isOwner && customerIds.length > 0),
    foreignOffered: candidates.length - offered,
  }
}

const add = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(Object.entries(a).map(([name, count]) => [name, count + b[name as keyof Counts]])) as Counts

const sizeClass = (records: number): string =>
  records === 0 ? 'no record' : records === 1 ? '1 record' : records <= 3 ? '2-3 records' : '4+ records'

const classesOf = ({ claims }: EvaluatedIdentity, truth: Truth): readonly string[] => [
  sizeClass(truth.customerIds.length),
  `language ${claims.locale ?? 'unknown'}`,
  `gender ${claims.gender?.toLowerCase() ?? 'unknown'}`,
  claims.email === undefined ? 'no e-mail' : 'e-mail',
  ...truth.classes,
]

/** Counts decisions against the truth as they come. */
export const createTally = (truths: ReadonlyMap<string, Truth>) => {
  let all = NOTHING
  let unknown = 0
  const classes = new Map<string, Counts>()
  const wrongLinks: WrongLink[] = []
  return {
    /** @param byInvoice own records besides that a proof by invoice would bring */
    add: (identity: EvaluatedIdentity, line: DecisionLine, byInvoice: readonly string[] = []): void => {
      const truth = truths.get(identity.identityId)
      if (truth === undefined) {
        unknown += 1
        return
      }
      const counts = countOne(line, truth, byInvoice.length)
      all = add(all, counts)
      for (const name of new Set(classesOf(identity, truth))) {
        classes.set(name, add(classes.get(name) ?? NOTHING, counts))
      }
      const foreign = line.customerIds.filter(id => !truth.customerIds.includes(id))
      wrongLinks.push(...foreign.map(customerId => ({ identityId: identity.identityId, customerId })))
    },
    result: (): Tally => ({ all, classes, wrongLinks, unknown }),
  }
}

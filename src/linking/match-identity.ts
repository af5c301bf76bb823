import type { Candidate, CandidateSet, CustomerSource, TermCounts } from '#src/customers/port.ts'
import { type ComparablePerson, type CustomerKey, customerKeyOf } from '#src/kernel/customer.ts'
import type { VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Logger } from '#src/kernel/runtime.ts'
import { probes, termsToLookUp } from '#src/matching/blocking.ts'
import { decide, type MatchDecision } from '#src/matching/decide.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import { identityToPerson } from '#src/matching/normalise.ts'
import { rememberCounts } from './remembered-counts.ts'
import type { TypedContact } from './typed-contact.ts'

/** What configuration says about linking. */
export type MatchingParameters = {
  /** Accepted probability that one automatic link is wrong, where what is in force says no other; overrides the model's. */
  readonly errorBudget: number
  /** Milliseconds the search for candidates may take; a later answer never links. */
  readonly deadlineMs: number
  /** Records under one blocking key beyond which the key tells nothing. */
  readonly limitPerKey: number
  /** Whether national numbers may be compared; by default not. */
  readonly nationalNumber?: boolean
}

export type MatchDeps = {
  readonly source: CustomerSource
  readonly matching: MatchingParameters
  readonly logger: Logger
  /** The scoring model in force; the built-in one where nothing else is said. */
  readonly modelInForce?: () => Promise<ModelInForce>
}

/** The model to decide with, and the error budget where another one than the configured is in force. */
export type ModelInForce = { readonly model: MatchModel; readonly errorBudget?: number }

/** What a search brought: who was looked for, the candidates, the frequencies of the names in play, and what to decide with. */
export type Findings = CandidateSet & {
  readonly identity: ComparablePerson
  readonly termCounts: TermCounts
  readonly model: MatchModel
  readonly errorBudget: number
}

/** A search that ran out of time: nothing is known, which is not the same as nothing is there. */
const TIMED_OUT: Omit<Findings, 'identity' | 'model' | 'errorBudget'> = {
  candidates: [],
  overflowed: [],
  complete: false,
  termCounts: { total: 0, counts: new Map() },
}

/** All that matching needs of an identity: what the upstream said of the person, now or when it was last here. */
export type Claimed = Pick<VerifiedIdentity, 'claims'>

/**
 * Looks a person up, with one more contact that the person holds where one is given, and decides. `add` puts records among
 * the findings that the search need not have brought, with the frequencies of their names; `decideOn` may be told which
 * records are proved.
 */
export type MatchIdentity = {
  search(identity: Claimed, contact?: TypedContact): Promise<Findings>
  add(findings: Findings, candidates: readonly Candidate[]): Promise<Findings>
  decideOn(findings: Findings, proven?: readonly CustomerKey[]): MatchDecision
}

/** The person of an identity, with one more contact. */
const addContact = (person: ComparablePerson, contact: TypedContact | undefined): ComparablePerson => {
  if (contact === undefined) return person
  const { channel, value } = contact
  return channel === 'mail'
    ? { ...person, emails: [...person.emails, value] }
    : { ...person, mobiles: [...person.mobiles, value] }
}

/** Resolves with `late` when the time is over; the timer never outlives the race. */
const within = async <T>(work: Promise<T>, milliseconds: number, late: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<T>(resolve => {
    timer = setTimeout(resolve, milliseconds, late)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

const termsOf = (people: readonly ComparablePerson[]): readonly string[] => [...new Set(people.flatMap(termsToLookUp))]

/**
 * Joins the source of customer records with the pure engine: blocking probes in, decision out.
 * A source that does not answer within the deadline leaves an incomplete picture, on which nothing is linked.
 */
export const createMatchIdentity = (deps: MatchDeps): MatchIdentity => {
  const { source, matching, logger, modelInForce = async () => ({ model: DEFAULT_MODEL }) } = deps

  const countsOf = rememberCounts(source.termCounts)

  const find = async (identity: ComparablePerson): Promise<typeof TIMED_OUT> => {
    const found = await source.findCandidates(probes(identity, matching), matching.limitPerKey, identity)
    const people = [identity, ...found.candidates.map(candidate => candidate.person)]
    return { ...found, termCounts: await countsOf(termsOf(people)) }
  }

  return {
    search: async ({ claims }, contact) => {
      const identity = addContact(identityToPerson(claims, matching), contact)
      // The rules are those in force, also where nothing was found in time: what came of them is counted by them.
      const [found, inForce] = await Promise.all([
        within(find(identity), matching.deadlineMs, TIMED_OUT),
        modelInForce(),
      ])
      if (found === TIMED_OUT) logger.warn({ deadlineMs: matching.deadlineMs }, 'candidate search out of time')
      return { identity, ...found, errorBudget: matching.errorBudget, ...inForce }
    },
    add: async (findings, candidates) => {
      const known = new Set(findings.candidates.map(({ record }) => customerKeyOf(record)))
      const fresh = candidates.filter(({ record }) => !known.has(customerKeyOf(record)))
      // Asked even for nothing, so that a proof does the same work whether or not it found a record.
      const { counts, ...rest } = await source.termCounts(termsOf(fresh.map(({ person }) => person)))
      return {
        ...findings,
        candidates: [...findings.candidates, ...fresh],
        termCounts: { ...rest, counts: new Map([...findings.termCounts.counts, ...counts]) },
      }
    },

    decideOn: (findings, proven = []) =>
      decide({ ...findings, model: { ...findings.model, epsilon: findings.errorBudget }, proven }),
  }
}

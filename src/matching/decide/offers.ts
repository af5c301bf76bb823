import type { Comparison } from '#src/matching/compare/levels.ts'
import type { MatchModel } from '#src/matching/model.ts'
import { possessionsOf, sharesHome } from './evidence.ts'
import { FITTING_FAMILY_NAME } from './others.ts'
import type { Bar } from './rules.ts'

/** P(wrong) below which a record is more probably the person's own than all others' together. */
const MORE_LIKELY_THAN_NOT = 0.5

const WRITTEN_IN_FULL = new Set(['exact', 'misspelling'])

/**
 * What an offer depends on besides the comparison: P(wrong), the bar, and whether what differs is a mistake for all one can
 * see (`showsMistake`).
 */
export type OfferFacts = { readonly wrong: number; readonly bar: Bar | undefined; readonly isMistake: boolean }

/**
 * Whether only one thing speaks against a record at the person's home, and that is a mistake rather than a relative's: another
 * date where the names agree; names in each other's field; or a first name that is nearly the person's where surname and
 * date agree in full, and no twin shows.
 */
const isMistakeAtHome = (comparison: Comparison, { wrong, isMistake }: OfferFacts): boolean => {
  const { firstName, familyName, birthDate } = comparison
  if (!isMistake || !sharesHome(comparison)) return false
  if (firstName === 'differ') return true
  if (!FITTING_FAMILY_NAME.has(familyName)) return false
  if (birthDate === 'differ') return WRITTEN_IN_FULL.has(firstName)
  return birthDate === 'exact' && wrong < MORE_LIKELY_THAN_NOT
}

/**
 * Whether a record may be offered for proof: more than a shot in the dark, the first name not contradicting, unless it
 * stands in the surname's field; where names or birth date speak against it, only with a mobile or e-mail address in common,
 * since a brother's or father's invoices lie in the same house, or where it can hardly be theirs ({@link isMistakeAtHome}). A
 * deceased holder's record is nobody's to claim here.
 * @see docs/matching.md; docs/decisions/0102-mistakes-at-home.md
 */
export const isOffered = (comparison: Comparison, facts: OfferFacts, { confirmBelow }: MatchModel): boolean => {
  const { firstName, birthDate } = comparison
  if (facts.bar === 'deceased' || facts.wrong >= confirmBelow) return false
  if (firstName === 'differ' && !facts.isMistake) return false
  const isContradicted = firstName === 'differ' || firstName === 'similar' || birthDate === 'differ'
  return !isContradicted || possessionsOf(comparison) >= 1 || isMistakeAtHome(comparison, facts)
}

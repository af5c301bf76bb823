import type { ReviewLine } from '#src/console/told.ts'

/** What each kind of review is about. */
export const KINDS: Readonly<Record<ReviewLine['kind'], string>> = {
  'record-changed': 'A linked record changed: it would not be linked today',
  'record-withdrawn': 'A linked record was withdrawn',
  'owner-conflict': 'Somebody else should have a record that has an owner',
  rebind: 'An account should get another login',
}

/** What somebody may find. */
export const OUTCOMES = [
  { value: 'kept', label: 'The link is right as it is' },
  { value: 'changed', label: 'It was changed, by an act on links' },
  { value: 'undecided', label: 'Nobody can tell' },
] as const

/** What somebody found, in words. */
export const outcomeWord = (outcome: string): string =>
  OUTCOMES.find(({ value }) => value === outcome)?.label ?? outcome

/** The record of a review, its number masked. */
export const recordText = ({ record }: ReviewLine): string =>
  record === undefined ? '–' : `${record.serviceLine} ${record.customerId}`

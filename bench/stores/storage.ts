/**
 * What a backend holds because of logins, in bytes. `lasting` stays after everything has expired, by what it is;
 * `expiring` goes by itself. `neverExpiring`: entries of the expiring store without a time to live (Redis only).
 */
export type Storage = {
  readonly lasting: Readonly<Record<LastingPart, number>>
  readonly expiring: number
  readonly neverExpiring: number
}

/** Collections and tables with what lasts of a login have the same names in every backend. */
export const LASTING_PARTS = ['accounts', 'identities', 'customer_links', 'audit_events'] as const
export type LastingPart = (typeof LASTING_PARTS)[number]

/** Applies a size to every lasting part. */
export const lastingOf = (size: (part: LastingPart) => number): Storage['lasting'] =>
  Object.fromEntries(LASTING_PARTS.map(part => [part, size(part)])) as Storage['lasting']

/** What came in between two readings, per one of `count`. */
export const storageBetween = (before: Storage, after: Storage, count: number): Storage => ({
  lasting: lastingOf(part => (after.lasting[part] - before.lasting[part]) / count),
  expiring: (after.expiring - before.expiring) / count,
  neverExpiring: (after.neverExpiring - before.neverExpiring) / count,
})

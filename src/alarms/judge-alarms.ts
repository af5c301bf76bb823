import type { AlarmsConfig } from './config.ts'

/** What happened in a time: numbers of decisions and proofs, never of a person. */
export type WindowCounts = {
  /** Decisions of matching about people who had no account. */
  readonly decisions: number
  /** Of these: linked at once, and asked. */
  readonly linked: number
  readonly confirm: number
  readonly acceptedProofs: number
  readonly refusedProofs: number
  /** The most people for whom one and the same record was linked or offered. */
  readonly mostOnOneRecord: number
}

/** What there are alarms on. */
export const ALARMS = ['link-rate', 'confirm-rate', 'refused-proofs', 'identities-per-record'] as const
export type AlarmName = (typeof ALARMS)[number]

/** An alarm with what was found and what would be all right: of a rate the share before, of a number the most there may be. */
export type Alarm = { readonly name: AlarmName; readonly value: number; readonly expected: number }

/** Decisions before, without which nothing is known of what is usual; as a multiple of those of a window. */
const BASELINE_FACTOR = 10

const DIGITS = 4
const round = (share: number): number => Number(share.toFixed(DIGITS))

const ratesOf = ({ decisions, linked, confirm }: WindowCounts) => ({
  'link-rate': round(linked / decisions),
  'confirm-rate': round(confirm / decisions),
})

/**
 * Holds a window against what came before and against the thresholds. Pure. Rates speak only where both have decisions
 * enough; whichever way they move, somebody should know why.
 */
export const judgeAlarms = (window: WindowCounts, before: WindowCounts, thresholds: AlarmsConfig): readonly Alarm[] => {
  const { fewestDecisions, linkRateMoves, confirmRateMoves, refusedProofs, identitiesPerRecord } = thresholds
  const alarms: Alarm[] = []
  const isEnough = window.decisions >= fewestDecisions && before.decisions >= BASELINE_FACTOR * fewestDecisions
  const moves = { 'link-rate': linkRateMoves, 'confirm-rate': confirmRateMoves } as const
  for (const name of isEnough ? (['link-rate', 'confirm-rate'] as const) : []) {
    const [value, expected] = [ratesOf(window)[name], ratesOf(before)[name]]
    if (Math.abs(value - expected) > moves[name]) alarms.push({ name, value, expected })
  }
  if (window.refusedProofs >= refusedProofs && window.refusedProofs > window.acceptedProofs) {
    alarms.push({ name: 'refused-proofs', value: window.refusedProofs, expected: refusedProofs - 1 })
  }
  if (window.mostOnOneRecord >= identitiesPerRecord) {
    alarms.push({ name: 'identities-per-record', value: window.mostOnOneRecord, expected: identitiesPerRecord - 1 })
  }
  return alarms
}

/** Windows as one; of the most on one record the highest. */
export const addUp = (windows: readonly WindowCounts[]): WindowCounts =>
  windows.reduce(
    (all, one) => ({
      decisions: all.decisions + one.decisions,
      linked: all.linked + one.linked,
      confirm: all.confirm + one.confirm,
      acceptedProofs: all.acceptedProofs + one.acceptedProofs,
      refusedProofs: all.refusedProofs + one.refusedProofs,
      mostOnOneRecord: Math.max(all.mostOnOneRecord, one.mostOnOneRecord),
    }),
    { decisions: 0, linked: 0, confirm: 0, acceptedProofs: 0, refusedProofs: 0, mostOnOneRecord: 0 },
  )

import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { AlarmsConfig } from './config.ts'
import { countWindow } from './count-window.ts'
import { type Alarm, addUp, judgeAlarms, type WindowCounts } from './judge-alarms.ts'

/** An alarm that is raised, since when (epoch milliseconds). */
export type RaisedAlarm = Alarm & { readonly since: number }

/** How linking goes: the last hour, all hours of the week before, and what is not as usual. `at` 0: nobody has looked yet. */
export type AlarmsView = {
  readonly at: number
  /** Where the hour begins that was looked at; it ends `at`. */
  readonly from: number
  readonly window: WindowCounts
  readonly before: WindowCounts
  readonly alarms: readonly RaisedAlarm[]
}

type State = {
  readonly at: number
  readonly window: WindowCounts
  /** Hours of the week before, the newest last, each with its end. */
  readonly hours: readonly (WindowCounts & { readonly to: number })[]
  readonly alarms: readonly RaisedAlarm[]
}

const STATE = 'alarms'
/** What is looked at: the last hour, in milliseconds. */
export const WINDOW_MS = 3600 * 1000
const HOURS_KEPT = 7 * 24
const LOOK_EVERY_MS = 5 * 60 * 1000
/** Whoever starts PIAS for the first time need not wait to see that it looks. */
const FIRST_LOOK_MS = 5 * 1000
const NOTHING: State = { at: 0, window: addUp([]), hours: [], alarms: [] }

/**
 * Looks at how linking goes: the last hour against the week before it. What is not as usual is in the audit trail and the
 * log once when it begins (`alarm.raised`) and once when it is over (`alarm.cleared`), whatever the number of nodes.
 * @see docs/decisions/0078-alarms.md
 */
export const createAlarms = (deps: {
  audit: Pick<AuditPort, 'append' | 'search'>
  keys: Pick<KeysPort, 'find' | 'putIfAbsent' | 'replace'>
  thresholds: AlarmsConfig
  clock: Clock
  logger: Pick<Logger, 'warn'>
}): { job: Job; view: () => Promise<AlarmsView> } => {
  const { audit, keys, thresholds, clock, logger } = deps

  /** In one write: of what is told in part, the next look would tell that part again. */
  const tell = async (raised: readonly Alarm[], cleared: readonly Alarm[], at: number): Promise<void> => {
    const told = [
      ...raised.map(alarm => ({ type: 'alarm.raised', ...alarm })),
      ...cleared.map(alarm => ({ type: 'alarm.cleared', ...alarm })),
    ]
    if (told.length === 0) return
    await audit.append(
      told.map(({ type, name, value, expected }) => ({ at, type, data: { alarm: name, value, expected } })),
    )
    for (const { type, name, value, expected } of told) {
      logger.warn({ event: type.replace('.', '_'), alarm: name, value, expected }, 'how linking goes')
    }
  }

  const lookOn = async ({ hours: kept, alarms: raised }: State, at: number): Promise<State> => {
    const from = at - WINDOW_MS
    const hours = kept.filter(({ to }) => to > from - HOURS_KEPT * WINDOW_MS)
    const window = await countWindow(audit, { from, to: at })
    const found = judgeAlarms(window, addUp(hours.filter(({ to }) => to <= from)), thresholds)
    const since = new Map(raised.map(alarm => [alarm.name, alarm.since]))
    const isHourOver = (hours.at(-1)?.to ?? 0) <= from
    return {
      at,
      window,
      hours: isHourOver ? [...hours, { ...window, to: at }] : hours,
      alarms: found.map(alarm => ({ ...alarm, since: since.get(alarm.name) ?? at })),
    }
  }

  const run = async (): Promise<void> => {
    const text = await keys.putIfAbsent(STATE, JSON.stringify(NOTHING))
    const before = JSON.parse(text) as State
    const after = await lookOn(before, clock())
    const written = JSON.stringify(after)
    // Of nodes that look at once, one tells.
    if (!(await keys.replace(STATE, text, written))) return
    const isIn = (alarms: readonly Alarm[]) => {
      const names = new Set(alarms.map(({ name }) => name))
      return ({ name }: Alarm): boolean => names.has(name)
    }
    const wasRaised = isIn(before.alarms)
    const isRaised = isIn(after.alarms)
    try {
      await tell(
        after.alarms.filter(one => !wasRaised(one)),
        before.alarms.filter(one => !isRaised(one)),
        after.at,
      )
    } catch (error) {
      // What was not told is told by the next look.
      await keys.replace(STATE, written, text)
      throw error
    }
  }

  return {
    job: { name: 'alarms', everyMs: LOOK_EVERY_MS, firstMs: FIRST_LOOK_MS, run },
    view: async () => {
      const text = await keys.find(STATE)
      const { at, window, hours, alarms } = text === undefined ? NOTHING : (JSON.parse(text) as State)
      return {
        at,
        from: Math.max(0, at - WINDOW_MS),
        window,
        before: addUp(hours.filter(({ to }) => to <= at - WINDOW_MS)),
        alarms,
      }
    },
  }
}

/** Tells how linking goes, as it was looked at last. */
export type ViewAlarms = ReturnType<typeof createAlarms>['view']

import { withStore } from '#src/cli/offline.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { DRIFTED, FEWEST_RECORDS, type LevelDrift, measureLevelDrift } from '#src/linking/level-drift.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'

const DAY_MS = 24 * 3600 * 1000

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const rowsOf = ({ fields }: LevelDrift): string =>
  fields.length === 0
    ? `too few: ${FEWEST_RECORDS} own records are needed\n`
    : fields
        .map(({ field, drift, level, expected, seen, records }) => {
          const moved = `${level} ${percent(expected)} expected, ${percent(seen)} seen`
          return `${field.padEnd(16)}${drift.toFixed(2)}  ${moved}, ${grouped(Math.round(records))} records\n`
        })
        .join('')

/**
 * `matching drift`: how the agreement of people with their own records, in the decisions of the last days, moves against
 * what the model in force expects, by field: of decisions that were acted on, and apart of those that were only recorded. It is
 * `wrong` where a field has drifted in the former; refused for a number that is none.
 */
export const tellDrift = (
  terminal: Terminal,
  { dataDir, days }: { readonly dataDir: string; readonly days: string },
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async ({ audit, keys }) => {
    if (!/^[1-9]\d{0,3}$/.test(days)) return unusable('--days is a number from 1')
    const { model } = await createModelInForce({ keys, clock: terminal.clock })()
    const since = terminal.clock() - Number(days) * DAY_MS
    const acted = await measureLevelDrift(audit, model, { since })
    const shadow = await measureLevelDrift(audit, model, { since, kind: 'shadow' })
    const apart = `\n${grouped(shadow.decisions)} decisions that were only recorded, by apps in shadow\n${rowsOf(shadow)}`
    return {
      value: { version: model.version, ...acted, shadow },
      text: `${model.version}, ${grouped(acted.decisions)} decisions\n${rowsOf(acted)}${shadow.decisions === 0 ? '' : apart}`,
      ...(acted.fields.some(({ drift }) => drift > DRIFTED) && { end: 'wrong' }),
    }
  })

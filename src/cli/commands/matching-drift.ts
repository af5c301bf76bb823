import { withStore } from '#src/cli/offline.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { DRIFTED, FEWEST_RECORDS, measureLevelDrift } from '#src/linking/level-drift.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'

const DAY_MS = 24 * 3600 * 1000

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/**
 * `matching drift`: how the agreement of people with their own records, in the decisions of the last days, moves against
 * what the model in force expects, by field. Exit code 1 where a field has drifted, 2 for a number that is none.
 */
export const tellDrift = (
  terminal: Terminal,
  { dataDir, days }: { readonly dataDir: string; readonly days: string },
): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ audit, keys }) => {
    if (!/^[1-9]\d{0,3}$/.test(days)) {
      terminal.stderr.write('pias: --days is a number from 1\n')
      terminal.setExitCode(2)
      return
    }
    const { model } = await createModelInForce({ keys, clock: terminal.clock })()
    const since = terminal.clock() - Number(days) * DAY_MS
    const { decisions, fields } = await measureLevelDrift(audit, model, { since })
    terminal.stdout.write(`${model.version}, ${grouped(decisions)} decisions\n`)
    if (fields.length === 0) terminal.stdout.write(`too few: ${FEWEST_RECORDS} own records tell something\n`)
    for (const { field, drift, level, expected, seen, records } of fields) {
      const moved = `${level} ${percent(expected)} expected, ${percent(seen)} seen`
      terminal.stdout.write(
        `${field.padEnd(16)}${drift.toFixed(2)}  ${moved}, ${grouped(Math.round(records))} records\n`,
      )
    }
    if (fields.some(({ drift }) => drift > DRIFTED)) terminal.setExitCode(1)
  })

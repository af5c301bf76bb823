import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { changeRows } from '#src/cli/change-rows.ts'
import { planStore, withStore } from '#src/cli/offline.ts'
import { openMatching } from '#src/cli/open-matching.ts'
import { type Outcome, refused, unusable } from '#src/cli/outcome.ts'
import { createProgress, type Progress } from '#src/cli/progress.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { createSavedReadings } from '#src/cli/training/saved-reading.ts'
import { type Trained, trainOnThread } from '#src/cli/training/train-on-thread.ts'
import { compareOnRecent, type RecentComparison } from '#src/linking/compare-on-recent.ts'
import { encodeModel } from '#src/linking/model-format.ts'
import { createModelInForce, keepModel } from '#src/linking/stored-model.ts'
import { FEWEST_RECORDS, type Training } from '#src/matching/train/train-model.ts'
import type { Store } from '#src/store/ports/store.ts'

export type TrainMatchingOptions = {
  readonly dataDir: string
  readonly people: string
  readonly days: string
  readonly out?: string
}

const DIGEST_LENGTH = 8
const DAY_MS = 24 * 3600 * 1000
const NUMBER = /^\d{1,7}$/

/** A version that tells when the model was trained, and two models of one day apart. */
const versionOf = (model: Training['model'], now: number): string => {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '')
  return `t-${day}-${hash('sha256', JSON.stringify(model), 'hex').slice(0, DIGEST_LENGTH)}`
}

const percent = (rate: number): string => `${(100 * rate).toFixed(2)} %`

const report = ({ model, records, houses, rates }: Training): string => {
  const { rivalRecords, sharedPossessions, birthDateMixUps } = rates
  const rows: readonly (readonly [string, string])[] = [
    ['model', model.version],
    ['records read', grouped(records)],
    ['houses looked at', grouped(houses)],
    ['housemates, per record', rivalRecords.household.toFixed(3)],
    ['twins, per record', rivalRecords.twin.toFixed(4)],
    ['juniors and seniors, per record', rivalRecords.junior.toFixed(4)],
    ['housemates sharing mobile or e-mail', percent(sharedPossessions[1])],
    ['housemates sharing both', percent(sharedPossessions[2])],
    ['records with a housemate\u2019s birth date', percent(birthDateMixUps)],
    ['own records with the first name in full', percent(model.weights.firstName.exact.own)],
    ['own records with the birth date in full', percent(model.weights.birthDate.exact.own)],
    ['own records with the present mobile', percent(model.weights.mobile.exact.own)],
    ['own records with the present e-mail', percent(model.weights.email.exact.own)],
  ]
  return rows.map(([name, value]) => `${name.padEnd(42)}${value}\n`).join('')
}

const train = async (terminal: Terminal, { customers }: Store, dataDir: string): Promise<Trained> => {
  const total = await customers.count()
  let progress: Progress | undefined
  const onProgress = (records: number): void => {
    const read = { done: records, items: records }
    // What it says first is what was read before it was ended last time.
    progress ??= createProgress(terminal, { label: 'reading', total, begun: read })
    progress.update(read)
  }
  const order = { plan: planStore(terminal, dataDir), now: terminal.clock() }
  return trainOnThread(order, { onProgress }).finally(() => progress?.stop())
}

const compare = async (
  terminal: Terminal,
  store: Store,
  model: Training['model'],
  { most, days }: { most: number; days: number },
): Promise<RecentComparison> => {
  const { clock } = terminal
  const { accounts, audit, keys } = store
  const from = clock() - days * DAY_MS
  const opened = await openMatching(terminal, store)
  const progress = createProgress(terminal, { label: 'comparing', total: most })
  const { errorBudget } = opened.matching
  const inForce = { errorBudget, ...(await createModelInForce({ keys, clock })()) }
  const other = { model, errorBudget: inForce.errorBudget }
  const onProgress = (people: number) => progress.update({ done: people, items: people })
  const deps = { accounts, audit, keys, ...opened }
  return compareOnRecent(deps, { inForce, other }, { most, from, onProgress }).finally(progress.stop)
}

const told = ({ decisions, people }: RecentComparison, days: string): string =>
  [
    `against ${grouped(decisions.decisions)} decisions of the last ${days} days, by models that are gone: ${grouped(decisions.skipped)}\n`,
    `decisions whose outcome changes\n${changeRows(decisions.outcomes)}`,
    `records whose verdict changes\n${changeRows(decisions.records)}`,
    `against the model in force, on ${grouped(people.people)} people who have an account, those decided about last first:\n`,
    `people whose outcome changes\n${changeRows(people.outcomes)}`,
    `records whose verdict changes\n${changeRows(people.records)}`,
    `records it would link that are another's     ${grouped(people.ownedElsewhere)}\n`,
  ].join('')

const toObject = (counts: ReadonlyMap<string, number>): object => Object.fromEntries(counts)

const toValue = ({ decisions, people }: RecentComparison): object => ({
  decided: people.people,
  ownedElsewhere: people.ownedElsewhere,
  outcomes: toObject(people.outcomes),
  records: toObject(people.records),
  decisions: {
    replayed: decisions.decisions,
    skipped: decisions.skipped,
    outcomes: toObject(decisions.outcomes),
    records: toObject(decisions.records),
  },
})

/**
 * `matching train`: derives a matching model from the customer base, without labels, keeps it, and tells what it would change
 * of recent decisions: of those of the audit trail, and of those on people who have an account, made anew. It is put in force by `matching activate`. Rates are those of whole
 * houses of a sample; the output holds no personal data. One that was killed goes on where it was when it is run again.
 * `--out` writes it to a file, too, to be evaluated elsewhere.
 * Refused for a base too small to tell rates from, or a number that is none.
 * @throws `store.unusable` or `store.unavailable`
 */
export const trainMatching = (
  terminal: Terminal,
  { dataDir, people, days, out }: TrainMatchingOptions,
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    if (![people, days].every(number => NUMBER.test(number))) return unusable('--people and --days are numbers')
    const saved = createSavedReadings(store.keys)
    const { training, profile } = await train(terminal, store, dataDir)
    if (training === undefined) {
      await saved.clear()
      return refused('too-few', `a model needs ${grouped(FEWEST_RECORDS)} customer records at least`)
    }
    const trainedAt = terminal.clock()
    const model = { ...training.model, version: versionOf(training.model, trainedAt) }
    const compared = await compare(terminal, store, model, { most: Number(people), days: Number(days) })
    if (out !== undefined) await writeFile(out, `${encodeModel(model)}\n`)
    await keepModel(store.keys, { model, trainedAt, profile })
    await saved.clear()
    const { version } = model
    const { records, houses, rates } = training
    const next = `not in force; npm run pias -- matching activate ${version}\n`
    return {
      value: { version, trainedAt, records, houses, rates, changes: toValue(compared) },
      text: `${report({ ...training, model })}${told(compared, days)}${next}`,
    }
  })

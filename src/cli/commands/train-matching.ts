import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { changeRows } from '#src/cli/change-rows.ts'
import { planStore, withStore } from '#src/cli/offline.ts'
import { openMatching } from '#src/cli/open-matching.ts'
import { type Outcome, refused, unusable } from '#src/cli/outcome.ts'
import { createProgress } from '#src/cli/progress.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { createSavedReadings } from '#src/cli/training/saved-reading.ts'
import { type Trained, trainOnThread } from '#src/cli/training/train-on-thread.ts'
import { compareModels, type ModelComparison } from '#src/linking/compare-models.ts'
import { encodeModel } from '#src/linking/model-format.ts'
import { createModelInForce, keepModel } from '#src/linking/stored-model.ts'
import { FEWEST_RECORDS, type Training } from '#src/matching/train/train-model.ts'
import type { Store } from '#src/store/ports/store.ts'

export type TrainMatchingOptions = { readonly dataDir: string; readonly people: string; readonly out?: string }

const DIGEST_LENGTH = 8

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
  const progress = createProgress(terminal, { label: 'reading', total: await customers.count() })
  const onProgress = (records: number): void => progress.update({ done: records, items: records })
  const order = { plan: planStore(terminal, dataDir), now: terminal.clock() }
  return trainOnThread(order, { onProgress }).finally(progress.stop)
}

const compare = async (terminal: Terminal, store: Store, model: Training['model'], most: number) => {
  const { clock } = terminal
  const opened = await openMatching(terminal, store)
  const progress = createProgress(terminal, { label: 'comparing', total: most })
  const deps = { accounts: store.accounts, ...opened }
  const { errorBudget } = opened.matching
  const inForce = { errorBudget, ...(await createModelInForce({ keys: store.keys, clock })()) }
  const other = { model, errorBudget: inForce.errorBudget }
  const onProgress = (people: number) => progress.update({ done: people, items: people })
  return compareModels(deps, { inForce, other }, { most, onProgress }).finally(progress.stop)
}

const told = ({ people, outcomes, records, ownedElsewhere }: ModelComparison): string =>
  [
    `against the model in force, on ${grouped(people)} people who have an account:\n`,
    `people whose outcome changes\n${changeRows(outcomes)}`,
    `records whose verdict changes\n${changeRows(records)}`,
    `records it would link that are another's     ${grouped(ownedElsewhere)}\n`,
  ].join('')

const toObject = (counts: ReadonlyMap<string, number>): object => Object.fromEntries(counts)

/**
 * `matching train`: derives a matching model from the customer base, without labels, keeps it, and tells what it would change
 * of decisions on people who have an account. It is put in force by `matching activate`. Rates are those of whole
 * houses of a sample; the output holds no personal data. One that was killed goes on where it was when it is run again.
 * `--out` writes it to a file, too, to be evaluated elsewhere.
 * Refused for a base too small to tell rates from, or a number that is none.
 * @throws `store.unusable` or `store.unavailable`
 */
export const trainMatching = (terminal: Terminal, { dataDir, people, out }: TrainMatchingOptions): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    if (!/^\d{1,7}$/.test(people)) return unusable('--people is a number')
    const saved = createSavedReadings(store.keys)
    const { training, profile } = await train(terminal, store, dataDir)
    if (training === undefined) {
      await saved.clear()
      return refused('too-few', `a model needs ${grouped(FEWEST_RECORDS)} customer records at least`)
    }
    const trainedAt = terminal.clock()
    const model = { ...training.model, version: versionOf(training.model, trainedAt) }
    const compared = await compare(terminal, store, model, Number(people))
    if (out !== undefined) await writeFile(out, `${encodeModel(model)}\n`)
    await keepModel(store.keys, { model, trainedAt, profile })
    await saved.clear()
    const { version } = model
    const { records, houses, rates } = training
    const { people: decided, ownedElsewhere, ...changed } = compared
    const changes = {
      decided,
      ownedElsewhere,
      outcomes: toObject(changed.outcomes),
      records: toObject(changed.records),
    }
    const next = `not in force; npm run pias -- matching activate ${version}\n`
    return {
      value: { version, trainedAt, records, houses, rates, changes },
      text: `${report({ ...training, model })}${told(compared)}${next}`,
    }
  })

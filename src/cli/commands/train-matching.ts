import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { withStore } from '#src/cli/offline.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import { walkPeople } from '#src/customers/snapshot/walk-people.ts'
import { encodeModel } from '#src/linking/model-format.ts'
import { activateModel } from '#src/linking/stored-model.ts'
import { FEWEST_RECORDS, type Training, trainModel } from '#src/matching/train/train-model.ts'

export type TrainMatchingOptions = { readonly dataDir: string; readonly dryRun?: true; readonly out?: string }

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

/**
 * `matching train`: derives the matching model from the customer base, without labels, and puts it in force; with
 * `--dry-run` it is only told. `--out` writes it to a file, too, to be evaluated elsewhere. Rates are those of whole houses of a sample; the output holds no personal data.
 * Exit code 2 for a base too small to tell rates from.
 * @throws `store.unusable` or `store.unavailable`; file system errors of `--out`
 */
export const trainMatching = (terminal: Terminal, { dataDir, dryRun, out }: TrainMatchingOptions): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ customers, keys }) => {
    const training = await trainModel(walkPeople(customers), '')
    if (training === undefined) {
      terminal.stderr.write(`pias: a model needs ${grouped(FEWEST_RECORDS)} customer records at least\n`)
      terminal.setExitCode(2)
      return
    }
    const model = { ...training.model, version: versionOf(training.model, terminal.clock()) }
    if (out !== undefined) await writeFile(out, `${encodeModel(model)}\n`)
    if (dryRun !== true) await activateModel(keys, model)
    terminal.stdout.write(report({ ...training, model }))
    terminal.stdout.write(
      dryRun === true ? 'not put in force (--dry-run)\n' : 'in force on all nodes within a minute\n',
    )
  })

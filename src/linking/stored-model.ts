import type { Clock } from '#src/kernel/runtime.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { decodeModel, encodeModel } from './model-format.ts'

const ACTIVE = 'matching-model'
const versionName = (version: string): string => `${ACTIVE}:${version}`

/**
 * Puts a model in force for all nodes. Each version is kept for good, so that a decision can be made again with the model
 * it was made with.
 * @throws PiasError `store.unavailable`
 */
export const activateModel = async (keys: KeysPort, model: MatchModel): Promise<void> => {
  const text = encodeModel(model)
  await keys.putIfAbsent(versionName(model.version), text)
  let stored = await keys.putIfAbsent(ACTIVE, text)
  // Of two trainings at once the later one to get here stays.
  while (stored !== text && !(await keys.replace(ACTIVE, stored, text))) {
    stored = (await keys.find(ACTIVE)) as string
  }
}

/** The model of that version, also one no longer in force; undefined for one that was never put in force here. */
export const findModel = async (keys: Pick<KeysPort, 'find'>, version: string): Promise<MatchModel | undefined> => {
  if (version === DEFAULT_MODEL.version) return DEFAULT_MODEL
  const text = await keys.find(versionName(version))
  return text === undefined ? undefined : decodeModel(text)
}

const REREAD_MS = 60_000

/**
 * Makes the look-up of the model in force: the one trained last, or the one set by hand where none was. Read from the
 * store once a minute at most, so a training reaches every node within that time.
 */
export const createModelInForce = (deps: { readonly keys: Pick<KeysPort, 'find'>; readonly clock: Clock }) => {
  let known: { readonly model: MatchModel; readonly at: number } | undefined
  return async (): Promise<MatchModel> => {
    if (known !== undefined && deps.clock() - known.at < REREAD_MS) return known.model
    const text = await deps.keys.find(ACTIVE)
    const model = (text === undefined ? undefined : decodeModel(text)) ?? DEFAULT_MODEL
    known = { model, at: deps.clock() }
    return model
  }
}

import type { Clock } from '#src/kernel/runtime.ts'
import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { ModelInForce } from './match-identity.ts'
import { decodeModel, encodeModel } from './model-format.ts'

const IN_FORCE = 'matching-models-in-force'
const PREFIX = 'matching-model:'
const versionName = (version: string): string => `${PREFIX}${version}`

/** A model as it was trained, with what is known of the base it was trained on: shares by name, to see it drift. */
export type TrainedModel = {
  readonly model: MatchModel
  /** Epoch milliseconds. */
  readonly trainedAt: number
  readonly profile: Readonly<Record<string, number>>
}

/**
 * When a version was put in force, epoch milliseconds, and with which error budget, where that is not the configured one.
 */
export type Activation = { readonly version: string; readonly at: number; readonly errorBudget?: number }

/** How many versions one can go back. */
const MOST_ACTIVATIONS = 50

type Keys = Pick<KeysPort, 'find'>

/**
 * Keeps a model, not in force. Each version is kept for good, so that a decision can be made again with the model it was
 * made with. @throws PiasError `store.unavailable`
 */
export const keepModel = async (keys: Pick<KeysPort, 'putIfAbsent'>, trained: TrainedModel): Promise<void> => {
  const { model, ...rest } = trained
  await keys.putIfAbsent(versionName(model.version), JSON.stringify({ ...rest, model: encodeModel(model) }))
}

/** A trained model of that version; undefined for one that was never kept here, or that an earlier PIAS wrote. */
export const findTrained = async (keys: Keys, version: string): Promise<TrainedModel | undefined> => {
  const text = await keys.find(versionName(version))
  if (text === undefined) return undefined
  const { model: encoded, ...rest } = JSON.parse(text) as Omit<TrainedModel, 'model'> & { model: string }
  const model = decodeModel(encoded)
  return model && { ...rest, model }
}

/** The model of that version, also one that is not in force; undefined where there is none. */
export const findModel = async (keys: Keys, version: string): Promise<MatchModel | undefined> =>
  version === DEFAULT_MODEL.version ? DEFAULT_MODEL : (await findTrained(keys, version))?.model

const decode = (text: string | undefined): readonly Activation[] =>
  text === undefined ? [] : (JSON.parse(text) as Activation[])

/** What was put in force, the newest last and in force now; empty while the built-in model is. */
export const listActivations = async (keys: Keys): Promise<readonly Activation[]> => decode(await keys.find(IN_FORCE))

/** The versions of all models that are kept, and of the built-in one. */
export const listVersions = async (keys: Pick<KeysPort, 'names'>): Promise<readonly string[]> => {
  const names = await keys.names(PREFIX)
  return [DEFAULT_MODEL.version, ...names.map(name => name.slice(PREFIX.length)).sort()]
}

/** What names what is in force: when it was put there; 0 while the built-in model is. */
export const stateOf = (activations: readonly Activation[]): number => activations.at(-1)?.at ?? 0

/**
 * Changes what is in force by compare-and-swap: of two who do it at once each does it to what the other has left.
 * @param looked {@link stateOf} what somebody looked at: nothing is changed, and undefined comes back, when it is another
 */
const change = async (
  keys: KeysPort,
  step: (before: readonly Activation[]) => readonly Activation[],
  looked?: number,
): Promise<readonly Activation[] | undefined> => {
  let text = await keys.putIfAbsent(IN_FORCE, '[]')
  for (;;) {
    const before = decode(text)
    if (looked !== undefined && stateOf(before) !== looked) return undefined
    const after = step(before)
    if (await keys.replace(IN_FORCE, text, JSON.stringify(after))) return after
    text = (await keys.find(IN_FORCE)) as string
  }
}

/**
 * Puts a version in force for all nodes, within a minute.
 * @param looked {@link stateOf} what somebody looked at
 * @returns `unknown` where there is no such version, `stale` where something else was in force: nothing is changed then
 * @throws PiasError `store.unavailable`
 */
export const activateModel = async (
  keys: KeysPort,
  activation: Activation,
  looked?: number,
): Promise<'done' | 'unknown' | 'stale'> => {
  if ((await findModel(keys, activation.version)) === undefined) return 'unknown'
  const after = await change(keys, before => [...before, activation].slice(-MOST_ACTIVATIONS), looked)
  return after === undefined ? 'stale' : 'done'
}

/** Puts in force what was before the present version. @returns which one that is; undefined as {@link activateModel} */
export const rollBackModel = async (keys: KeysPort, looked?: number): Promise<string | undefined> => {
  const left = await change(keys, before => before.slice(0, -1), looked)
  return left && (left.at(-1)?.version ?? DEFAULT_MODEL.version)
}

const REREAD_MS = 60_000

/**
 * Makes the look-up of the model in force: the one activated last, or the built-in one where none was, or where that one
 * cannot be read. Read from the store once a minute at most, so a change reaches every node within that time.
 */
export const createModelInForce = (deps: { readonly keys: Keys; readonly clock: Clock }) => {
  let known: { readonly inForce: ModelInForce; readonly at: number } | undefined
  return async (): Promise<ModelInForce> => {
    if (known !== undefined && deps.clock() - known.at < REREAD_MS) return known.inForce
    const { version, errorBudget } = (await listActivations(deps.keys)).at(-1) ?? {}
    const model = version === undefined ? undefined : await findModel(deps.keys, version)
    const inForce =
      model === undefined ? { model: DEFAULT_MODEL } : { model, ...(errorBudget !== undefined && { errorBudget }) }
    known = { inForce, at: deps.clock() }
    return inForce
  }
}

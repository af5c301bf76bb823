import { DEFAULT_MODEL, type MatchModel } from '#src/matching/model.ts'

/** Grows when a written model of before would be misread: it then has to be trained again. */
const FORMAT = 2

/** Whether a value has the fields of a model, and a number wherever one belongs. */
const isLike = (value: unknown, model: unknown): boolean => {
  if (typeof model !== 'object' || model === null) {
    return typeof value === typeof model && (typeof value !== 'number' || Number.isFinite(value))
  }
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(model).every(([name, part]) => isLike((value as Record<string, unknown>)[name], part))
}

/** A model as text, for the store and for files. */
export const encodeModel = (model: MatchModel): string => JSON.stringify({ format: FORMAT, model })

/** The model of such a text; undefined for one of another format, and for what is no model. */
export const decodeModel = (text: string): MatchModel | undefined => {
  try {
    const { format, model } = (JSON.parse(text) ?? {}) as { format?: unknown; model?: MatchModel }
    return format === FORMAT && isLike(model, DEFAULT_MODEL) ? model : undefined
  } catch {
    return undefined
  }
}

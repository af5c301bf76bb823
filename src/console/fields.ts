import type { Problem } from '#src/admin/api/problem.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Field } from './form.ts'

/** The lines of a text that say something. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')

/** What of a field an error is about: '' for all of it, an index for one of its lines; undefined for another field. */
const partOf = (field: string, name: string): string | undefined => {
  const path = field.replace(/^((body|query|path|request|metadata|record)\.)+/, '')
  if (path === name) return ''
  return path.startsWith(`${name}.`) ? path.slice(name.length + 1) : undefined
}

/** The line of a text that an error is about, to tell it from the others. */
const lineOf = ({ kind, value = '' }: Field, part: string): string => {
  const [index = ''] = part.split('.')
  const line = kind === 'area' && /^\d+$/.test(index) ? linesOf(value)[Number(index)] : undefined
  return line === undefined ? '' : `${line} `
}

/** A field with all that is wrong with it, and what to do. */
export const withError = (field: Field, problem: Problem | undefined): Field => {
  const found = (problem?.errors ?? []).flatMap(({ field: of, reason, fix }) => {
    const part = partOf(of, field.name)
    return part === undefined ? [] : [`${lineOf(field, part)}${reason}: ${fix}`]
  })
  return found.length === 0 ? field : { ...field, error: found.join('. ') }
}

/** A field with what was sent under its name; of boxes nothing is sent where none is checked. */
export const withTyped = (field: Field, sent: readonly string[]): Field => {
  const [value] = sent
  if (field.kind === 'checks') return { ...field, values: sent }
  return value === undefined ? field : { ...field, value: value.trim() }
}

/** A problem with what is wrong with one field told as the form tells it. */
export const withErrorAs = (
  problem: Problem,
  field: string,
  told: { readonly field?: string; readonly reason?: string },
): Problem => ({
  ...problem,
  ...(problem.errors && {
    errors: problem.errors.map(error => (error.field === field ? { ...error, ...told } : error)),
  }),
})

type JsonObject = { readonly [name: string]: Json }

/** Reads an object from JSON; a problem of this field where it is none. Nothing is an empty one. */
export const readObject = (field: string, text: string): { value: JsonObject } | { problem: Problem } => {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value: value as JsonObject }
  } catch {
    // Told below, as for any other thing that is no object.
  }
  const errors = [{ field, reason: 'is not a JSON object', fix: 'look for a missing comma or quote' }]
  return { problem: { status: 400, code: 'request.invalid', title: 'the text is not JSON', errors } }
}

/** Why something is done, as every act asks. */
export const REASON_FIELD: Field = {
  name: 'reason',
  label: 'Why',
  hint: 'For the audit trail. No names or numbers of people.',
}

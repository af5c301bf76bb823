import type { Problem } from '#src/admin/api/problem.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Field } from './blocks.ts'

/** The lines of a text that say something. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')

const isWithin = (field: string, name: string): boolean =>
  field
    .replace(/^(body|query|path)\./, '')
    .replace(/^metadata\./, '')
    .split('.')[0] === name

/** A field with what is wrong with it, and what to do. */
export const withError = (field: Field, problem: Problem | undefined): Field => {
  const found = problem?.errors?.find(error => isWithin(error.field, field.name))
  if (found === undefined) return field
  return { ...field, error: `${found.reason}: ${found.fix}` }
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
export const reasonField = (value: string, problem?: Problem): Field =>
  withError(
    { name: 'reason', label: 'Why', hint: 'For the audit trail. No names or numbers of people.', value },
    problem,
  )

import { type AccountLine, lineSchema } from './line-schema.ts'

/** Why a line is not taken; `field` as a path (`customers[1].customerId`). Never holds a value of the line. */
export type LineFault = { readonly reason: string; readonly field?: string }

export type ReadLine = { readonly account: AccountLine } | { readonly fault: LineFault }

/** A path without the client ids in it, which are values. */
const fieldOf = (path: readonly PropertyKey[]): string => {
  const named = path[0] === 'subs' ? path.slice(0, 1) : path
  return named
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`))
    .join('')
}

const parseJson = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // The engine's message quotes the text: it is not passed on.
    return undefined
  }
}

/** Reads one line of a file of accounts, whole or not at all. */
export const readAccountLine = (text: string): ReadLine => {
  const json = parseJson(text)
  if (json === undefined) return { fault: { reason: 'is not JSON' } }
  const parsed = lineSchema.safeParse(json.value)
  if (parsed.success) return { account: parsed.data }
  const [issue] = parsed.error.issues
  const field = fieldOf(issue?.path ?? [])
  return { fault: { reason: issue?.message ?? 'is not an account', ...(field === '' ? {} : { field }) } }
}

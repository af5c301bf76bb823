import type { z } from 'zod'
import type { CustomerKey, CustomerRecord } from '#src/kernel/customer.ts'
import { lineSchema, present } from './line-schema.ts'

/** Why a line is not taken; `field` as a path (`emails[1]`, `address.street`). Never holds a value of the line. */
export type LineFault = { readonly reason: string; readonly field?: string }

/** A line that was read: a record, or the key of one to withdraw. */
export type GoodLine =
  | { readonly kind: 'record'; readonly record: CustomerRecord }
  | { readonly kind: 'removal'; readonly key: CustomerKey }

export type ParsedLine = GoodLine | { readonly kind: 'fault'; readonly fault: LineFault }

const fieldOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('')

const fault = (reason: string, path: readonly PropertyKey[] = []): ParsedLine => ({
  kind: 'fault',
  fault: { reason, ...(path.length > 0 && { field: fieldOf(path) }) },
})

const parseJson = (line: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(line) }
  } catch {
    // The engine's message quotes the text, hence personal data: it is not passed on.
    return undefined
  }
}

/**
 * Reads one line of a customer file, whole or not at all.
 *
 * A field of the wrong type is a fault, for then the file is not what it claims to be; a text of any content is kept.
 * Null, empty and blank mean absent. Fields come out in one order, so equal records have equal JSON. A line with
 * `deleted: true` withdraws the record of its key; what else is on it does not count.
 */
export const parseLine = (line: string): ParsedLine => {
  const json = parseJson(line)
  return json ? parseRecord(json.value) : fault('is not JSON')
}

/** What a line comes to that passed {@link lineSchema}. */
export const toGoodLine = (line: z.output<typeof lineSchema>): GoodLine => {
  if (line.deleted === true) {
    const { serviceLine, customerId } = line
    return { kind: 'removal', key: { serviceLine, customerId } }
  }
  const { deleted: _, ...record } = line
  return { kind: 'record', record: present(record) }
}

/** Reads what a line holds, once it is no text any more; as {@link parseLine}. */
export const parseRecord = (value: unknown): ParsedLine => {
  const parsed = lineSchema.safeParse(value)
  if (parsed.success) return toGoodLine(parsed.data)
  const [issue] = parsed.error.issues
  return fault(issue?.message ?? 'is not a customer record', issue?.path)
}

import { z } from 'zod'
import { parseRecord } from '#src/customers/lines/parse-line.ts'
import { type CustomerRecord, customerKeyOf, type ServiceLine } from '#src/kernel/customer.ts'

const answerSchema = z.object({
  /** Whether these are all records that were asked for. */
  complete: z.boolean(),
  records: z.array(z.unknown()),
})

/** What a system answered: the records that can be used, and whether they are all there are. */
export type Answer = { readonly complete: boolean; readonly records: readonly CustomerRecord[] }

/**
 * Reads an answer. What cannot be used makes it incomplete, for a rival may be in it: a record that is none, or of another
 * service line, or one that was withdrawn, or two of one key.
 * @returns undefined for what is no answer at all
 */
export const readAnswer = (body: string, serviceLine: ServiceLine): Answer | undefined => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  const answer = answerSchema.safeParse(value)
  if (!answer.success) return undefined
  const records = new Map<string, CustomerRecord>()
  for (const line of answer.data.records) {
    const parsed = parseRecord(line)
    if (parsed.kind === 'record' && parsed.record.serviceLine === serviceLine) {
      records.set(customerKeyOf(parsed.record), parsed.record)
    }
  }
  const isWhole = records.size === answer.data.records.length
  return { complete: answer.data.complete && isWhole, records: [...records.values()] }
}

import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'

/** Fields of an event's data that tell who somebody is to whoever knows the number. */
const PERSONAL = new Set(['customerId', 'customer', 'subject', 'email', 'phone'])

/** Fields that tell events of one person from another's to whoever counts, and are told where numbers are, alone (ADR 0100). */
const HIDDEN = new Set(['person'])

/** The end of it, by which two can be told apart. */
const SHOWN = 3

/** How references of records begin: they are hashes, and the end of one tells a number from nearly all others. */
const REFERENCE = '#'

/** A number or address as it may be shown: its last characters; of a reference of a record nothing. */
export const maskText = (text: string): string =>
  text.length > 2 * SHOWN && !text.startsWith(REFERENCE) ? `…${text.slice(-SHOWN)}` : '…'

const maskJson = (value: Json | undefined): Json | undefined => {
  if (Array.isArray(value)) return value.map(one => maskJson(one as Json) ?? null)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      if (HIDDEN.has(name)) return []
      return [[name, PERSONAL.has(name) && typeof part === 'string' ? maskText(part) : maskJson(part)]]
    }),
  )
}

/** An event as somebody sees it who has no reason to see a person's numbers. */
export const maskEvent = <E extends AuditEvent>(event: E): E => ({ ...event, data: maskJson(event.data) ?? null })

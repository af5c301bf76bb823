import type { Json } from '#src/kernel/runtime.ts'
import type { AuditEvent, FoundAuditEvent } from './audit.ts'

/**
 * What is written before whoever writes has the key of the trail: a migration takes the rights on the schema and no key. It
 * is chained as all else, and says nothing about a person but who, of the machine, did it.
 */
export type SchemaEvent = {
  readonly at: number
  readonly type: 'schema.migrated' | 'schema.refused'
  readonly data: { readonly by: string; readonly [name: string]: Json }
}

/** Who it was where PIAS did it as it started. */
export const BY_ITSELF = 'pias'

const OPEN = 'schema:'

const TYPES: readonly string[] = ['schema.migrated', 'schema.refused'] satisfies readonly SchemaEvent['type'][]

/** The event as the store keeps it: its data is a text, as of every event, that is not sealed. */
export const schemaEvent = ({ data, ...event }: SchemaEvent): AuditEvent => ({
  ...event,
  data: OPEN + JSON.stringify(data),
})

/** What an event says that {@link schemaEvent} made; undefined for every other. */
export const openSchemaEvent = ({ type, data }: Pick<FoundAuditEvent, 'type' | 'data'>): Json | undefined =>
  TYPES.includes(type) && typeof data === 'string' && data.startsWith(OPEN)
    ? (JSON.parse(data.slice(OPEN.length)) as Json)
    : undefined

import type { Document } from 'mongodb'
import type { Sharding } from '#src/store/mongo/schema/shard-keys.ts'

/** What a router of a sharded cluster is sent: one statement of a command. */
export type Statement = {
  readonly collection: string
  readonly kind: 'read' | 'update' | 'delete' | 'findAndModify' | 'insert'
  /** What the router can choose shards by; of an insert the document. */
  readonly filter: Document
  /** Changes one document at most. */
  readonly single?: boolean
  readonly upsert?: boolean
  readonly change?: unknown
  readonly inTransaction?: boolean
  /** Goes on from other documents (`$lookup`), whose shards each of them decides on. */
  readonly joins?: boolean
}

/** `one` shard by the whole shard key, `some` by several of them, or `all`. */
export type Target = 'one' | 'some' | 'all'

type Key = NonNullable<Sharding['key']>

const isOperators = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && Object.keys(value).some(name => name.startsWith('$'))

const targetOfField = (filter: Document, field: string): Target => {
  const conditions = [filter, ...((filter.$and as Document[] | undefined) ?? [])].flatMap(part =>
    field in part ? [part[field]] : [],
  )
  const targets = conditions.map((condition): Target => {
    if (!isOperators(condition) || '$eq' in condition) return 'one'
    return '$in' in condition ? 'some' : 'all'
  })
  return (['one', 'some'] as const).find(target => targets.includes(target)) ?? 'all'
}

/** Which shards a filter leads to. */
export const targetOf = (key: Key, filter: Document): Target => {
  const targets = Object.keys(key).map(field => targetOfField(filter, field))
  return (['all', 'some'] as const).find(target => targets.includes(target)) ?? 'one'
}

const matchOf = (pipeline: readonly Document[]): Document => pipeline[0]?.$match ?? {}

/** The collections that a pipeline reads, its own first. */
const readsOf = (collection: string, pipeline: readonly Document[]): Statement[] => [
  { collection, kind: 'read', filter: matchOf(pipeline) },
  ...pipeline.flatMap((stage): Statement[] => {
    if ('$unionWith' in stage) return readsOf(stage.$unionWith.coll, stage.$unionWith.pipeline)
    if (!('$lookup' in stage)) return []
    const { from, foreignField, pipeline: inner = [] } = stage.$lookup
    const joined = foreignField === undefined ? matchOf(inner) : { [foreignField]: { $eq: 'of each' } }
    return [{ collection: from, kind: 'read', filter: joined, joins: true }]
  }),
]

const statementsIn = (name: string, command: Document): Statement[] => {
  const collection = command[name] as string
  if (name === 'find') return [{ collection, kind: 'read', filter: command.filter ?? {} }]
  if (name === 'aggregate') return readsOf(collection, command.pipeline)
  if (name === 'count' || name === 'distinct') return [{ collection, kind: 'read', filter: command.query ?? {} }]
  if (name === 'insert')
    return command.documents.map((filter: Document) => ({ collection, kind: 'insert', filter, single: true }))
  if (name === 'update')
    return command.updates.map(({ q, u, multi = false, upsert = false }: Document) => ({
      collection,
      kind: 'update',
      filter: q,
      single: !multi,
      upsert,
      change: u,
    }))
  if (name === 'delete')
    return command.deletes.map(({ q, limit }: Document) => ({
      collection,
      kind: 'delete',
      filter: q,
      single: limit === 1,
    }))
  if (name === 'findAndModify') {
    const { query: filter, upsert = false, update: change } = command
    return [{ collection, kind: 'findAndModify', filter, single: true, upsert, change }]
  }
  return []
}

/** What a command does, by the statement; of one that neither reads nor writes documents, nothing. */
export const statementsOf = (name: string, command: Document): readonly Statement[] =>
  statementsIn(name, command).map(statement => ({ ...statement, inTransaction: command.autocommit === false }))

/** A replacement leaves no field as it was but `_id`, which none can change. */
const changesKey = (fields: readonly string[], change: unknown): boolean => {
  const parts: Document[] = Array.isArray(change) ? change : [change ?? {}]
  return parts.some(part => {
    if (!isOperators(part)) return Object.keys(part).length > 0 && fields.some(field => field !== '_id')
    const paths = Object.values(part).flatMap(of =>
      typeof of === 'string' || Array.isArray(of) ? of : Object.keys(of),
    )
    return fields.some(field => paths.some(path => path === field || path.startsWith(`${field}.`)))
  })
}

/**
 * Why a router of MongoDB 6.0 would refuse a statement on a collection with this shard key, or spread documents it should not;
 * undefined where it would not. https://www.mongodb.com/docs/v6.0/core/sharded-cluster-requirements/
 */
export const refusalOf = (key: Key, statement: Statement): string | undefined => {
  const { kind, filter, single = false, upsert = false, change, inTransaction = false, joins = false } = statement
  const target = targetOf(key, filter)
  const fields = Object.keys(key)
  if (kind === 'read') {
    return joins && inTransaction ? 'a lookup of a sharded collection within a transaction' : undefined
  }
  if (kind === 'insert') {
    const bad = fields.some(field => filter[field] === undefined || Array.isArray(filter[field]))
    // The driver makes one where there is none: it says nothing of what the document is about.
    const made = (filter._id as { _bsontype?: string } | undefined)?._bsontype === 'ObjectId'
    return bad || made ? 'an insert without a shard key of its own' : undefined
  }
  if (kind === 'findAndModify' && target !== 'one') return 'a findAndModify without the shard key'
  if (upsert && target !== 'one') return 'an upsert without the shard key'
  if (single && target !== 'one' && targetOf({ _id: 1 }, filter) !== 'one')
    return `a single ${kind} with neither the shard key nor _id`
  if (changesKey(fields, change)) return 'a change of a shard key'
  return undefined
}

/**
 * Whether MongoDB keeps a unique index of a sharded collection: its fields begin with those of the shard key, or with `_id`. And
 * whether it means something: that of `_id` alone holds on each shard by itself, so it is unique only where it is the shard key.
 */
export const keepsUnique = (key: Key, index: readonly string[]): boolean => {
  const fields = Object.keys(key)
  return fields.every((field, place) => index[place] === field)
}

/** A statement that every shard is asked for, as it is told in the README: what is asked of which collection, by which fields. */
export const scatterOf = ({ collection, kind, filter }: Statement): string => {
  const fields = Object.keys(filter).flatMap(field =>
    field === '$or' || field === '$and' ? filter[field].flatMap((part: Document) => Object.keys(part)) : [field],
  )
  return `${collection}: ${kind} by ${[...new Set(fields)].sort().join(', ') || 'nothing'}`
}

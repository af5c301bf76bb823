import { createHash } from 'node:crypto'

const PLAIN = /^[\w.~-]{1,128}$/

/**
 * One part of a key: an id as it is where that is short and harmless, else `#` and its SHA-256. So ids with separators,
 * braces or 16 kB cannot be mistaken for another key, and none is read as a Cluster hash tag.
 */
export const keySegment = (id: string): string =>
  PLAIN.test(id) ? id : `#${createHash('sha256').update(id).digest('base64url')}`

/** The names of all keys. Each command touches one key, so on a Cluster they may lie in any slot (README). */
export type Keys = {
  /** What the keys of a model's artifacts have in common; the segment of the id follows. */
  artifactsOf(model: string): string
  artifact(model: string, id: string): string
  /** What leads from a uid or user code to the segment of an artifact's id. */
  index(kind: 'uid' | 'userCode', model: string, value: string): string
  grant(model: string, grantId: string): string
  attempt(uid: string): string
  limit(key: string): string
  /** Two keys used by one script: the braces are a Cluster hash tag, which puts them into one slot. */
  readonly replicationIds: string
  readonly quarantine: string
}

/** @param prefix what every key begins with, free of braces */
export const createKeys = (prefix: string): Keys => {
  const artifactsOf = (model: string) => `${prefix}artifact:${keySegment(model)}:`
  return {
    artifactsOf,
    artifact: (model, id) => artifactsOf(model) + keySegment(id),
    index: (kind, model, value) => `${prefix}${kind}:${keySegment(model)}:${keySegment(value)}`,
    grant: (model, grantId) => `${prefix}grant:${keySegment(model)}:${keySegment(grantId)}`,
    attempt: uid => `${prefix}attempt:${keySegment(uid)}`,
    limit: key => `${prefix}limit:${keySegment(key)}`,
    replicationIds: `${prefix}{failover}:replication-ids`,
    quarantine: `${prefix}{failover}:quarantine`,
  }
}

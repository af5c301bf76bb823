import type { Document } from 'mongodb'

/** For checks of a copy alone, and it has to count everything: in an index, and no document is looked at. */
export const countsAll = ({ command, docsExamined }: Document): boolean =>
  command.pipeline?.some((stage: Document) => stage.$group?._id === 1) === true &&
  command.hint !== undefined &&
  docsExamined === 0

/** What belongs to the connection and not to the query, and `explain` does not take. */
const ENVELOPE = new Set([
  'lsid',
  '$clusterTime',
  '$db',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
])

/** The command as it was sent; the profiler keeps of updates and deletions the statement alone. */
export const commandOf = ({ op, ns, command }: Document): Document => {
  const collection = ns.slice(ns.indexOf('.') + 1)
  if (op === 'update') return { update: collection, updates: [command] }
  if (op === 'remove') return { delete: collection, deletes: [command] }
  return Object.fromEntries(Object.entries(command).filter(([name]) => !ENVELOPE.has(name)))
}

/** Every stage of a plan, wherever in the answer it is. */
export const stagesOf = (plan: unknown): string[] => {
  if (typeof plan !== 'object' || plan === null) return []
  const { stage } = plan as { stage?: unknown }
  return [...(typeof stage === 'string' ? [stage] : []), ...Object.values(plan).flatMap(stagesOf)]
}

import type { Collection, Document, Filter, WithId } from 'mongodb'
import { createGather } from './gather.ts'

/** More go in another command: what one answer has to wait for stays small. */
const MOST_TOGETHER = 10

/** How long the server may take, in milliseconds. */
type Limit = { readonly maxTimeMS: number }

type Read = {
  readonly collection: Collection<Document>
  readonly filter: Filter<Document>
  /** Stages that follow, such as a sort; whatever they are, one document at most is read. */
  readonly stages: readonly Document[]
}

/**
 * Reads one document. Those that are asked for in one turn of the event loop go in one command (gather.ts). Each sees what was
 * acknowledged before it was asked for, as by itself.
 * @param filter must be answered by an index
 */
export type ReadOne = <Stored extends Document, Found extends Document = WithId<Stored>>(
  collection: Collection<Stored>,
  filter: Filter<Stored>,
  stages?: readonly Document[],
) => Promise<Found | null>

const readAlone = async ({ collection, filter, stages }: Read, limit: Limit): Promise<Document | null> => {
  if (stages.length === 0) return collection.findOne(filter, limit)
  const [found = null] = await collection.aggregate([{ $match: filter }, ...stages, { $limit: 1 }], limit).toArray()
  return found
}

/** The answer of each read says which one it belongs to. */
const pipelineOf = ({ filter, stages }: Read, read: number): Document[] => [
  { $match: filter },
  ...stages,
  { $limit: 1 },
  { $replaceWith: { read: { $literal: read }, found: '$$ROOT' } },
]

const readTogether = async (reads: readonly [Read, ...Read[]], limit: Limit): Promise<(Document | null)[]> => {
  const [first, ...others] = reads
  const unions = others.map((read, index) => ({
    $unionWith: { coll: read.collection.collectionName, pipeline: pipelineOf(read, index + 1) },
  }))
  const answers = await first.collection.aggregate([...pipelineOf(first, 0), ...unions], limit).toArray()
  const found = new Map(answers.map(answer => [answer.read as number, answer.found as Document]))
  return reads.map((_, index) => found.get(index) ?? null)
}

const readAll = async (reads: readonly Read[], limit: Limit): Promise<readonly (Document | null)[]> => {
  const [first, ...others] = reads
  if (first === undefined) return []
  return others.length === 0 ? [await readAlone(first, limit)] : readTogether([first, ...others], limit)
}

/**
 * @param run bounds each read and says what its failure means
 * @returns a {@link ReadOne} for the collections of one database, which throws as `run` does
 */
export const createReadOne = (limit: Limit, run: <Result>(work: () => Promise<Result>) => Promise<Result>): ReadOne => {
  const read = createGather<Read, Document | null>(MOST_TOGETHER, reads => readAll(reads, limit))
  return (collection, filter, stages = []) =>
    run(() => read({ collection, filter, stages } as unknown as Read) as never)
}

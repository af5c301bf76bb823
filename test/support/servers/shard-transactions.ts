import type { ClusterTime, Document } from 'mongodb'
import type { MongoShards } from './start-mongo-shards.ts'
import type { SendToShard } from './start-router.ts'

/** A transaction under way: the shards it has come by, the first of which sees to the commit. */
type Open = { readonly shards: number[]; readonly readConcern: Document }
/** What of a command goes to a shard: its statements, by their places in the command. */
type Part = { readonly shard: number; readonly places?: readonly number[] }

/** Where the statements of a command are, and what in them leads to a shard. */
const STATEMENTS: Readonly<Record<string, { field: string; filterOf: (statement: Document) => Document }>> = {
  insert: { field: 'documents', filterOf: ({ _id }) => ({ _id: { $eq: _id } }) },
  update: { field: 'updates', filterOf: ({ q }) => q },
  delete: { field: 'deletes', filterOf: ({ q }) => q },
}

const filterOf = (name: string, body: Document): Document => {
  if (name === 'find') return body.filter ?? {}
  if (name === 'findAndModify') return body.query
  return body.pipeline?.[0]?.$match ?? {}
}

const sum = (answers: readonly Document[], field: string): number =>
  answers.reduce((total, answer) => total + Number(answer[field] ?? 0), 0)

/** An answer for all, of writes by the places that their statements have in the command. */
const joinWrites = (parts: readonly Part[], answers: readonly Document[]): Document => {
  const placed = (field: string) =>
    answers.flatMap((answer, at) =>
      (answer[field] ?? []).map((one: Document) => ({ ...one, index: parts[at]?.places?.[Number(one.index)] })),
    )
  const lists = Object.fromEntries(
    ['writeErrors', 'upserted'].map(field => [field, placed(field)] as const).filter(([, list]) => list.length > 0),
  )
  return { ...answers[0], ...lists, n: sum(answers, 'n'), nModified: sum(answers, 'nModified') }
}

/** Of what several shards have found one list; of counts one. In no order: where one is wanted, it is not for here. */
const joinReads = (name: string, body: Document, answers: readonly Document[]): Document => {
  const found = answers.flatMap(({ cursor }) => cursor.firstBatch)
  const [first] = answers
  if (body.sort !== undefined) throw new Error('in a transaction nothing of several shards is sorted')
  if (name === 'find') return { ...first, cursor: { ...first?.cursor, firstBatch: found } }
  const count = { _id: 1, n: sum(found, 'n') }
  return { ...first, cursor: { ...first?.cursor, firstBatch: found.length === 0 ? [] : [count] } }
}

/** Makes transactions over shards of those that each shard has, as `mongos` does: one snapshot, and one commit for all. */
export const createTransactions = ({ shardOf, shards }: MongoShards) => {
  const open = new Map<string, Open>()
  let latest: ClusterTime | undefined
  let spread = 0
  const everywhere = shards.map((_, shard) => shard)

  const partsOf = async (name: string, body: Document): Promise<readonly Part[]> => {
    const collection = body[name] as string
    const of = STATEMENTS[name]
    if (of === undefined) {
      const shard = await shardOf(collection, filterOf(name, body))
      return shard === undefined ? everywhere.map(each => ({ shard: each })) : [{ shard }]
    }
    const statements = body[of.field] as Document[]
    const led = await Promise.all(statements.map(async one => shardOf(collection, of.filterOf(one))))
    return everywhere
      .map(shard => ({ shard, places: [...led.keys()].filter(place => (led[place] ?? shard) === shard) }))
      .filter(({ places }) => places.length > 0)
  }

  const partOf = (name: string, body: Document, { places }: Part): Document => {
    const field = STATEMENTS[name]?.field
    const { startTransaction: _, readConcern: _readConcern, ...rest } = body
    if (field !== undefined) return { ...rest, [field]: places?.map(place => body[field][place]) }
    // In one answer, which needs no cursor.
    return name === 'find' ? { ...rest, batchSize: 100_000 } : rest
  }

  const sessionOf = ({ lsid, txnNumber, $clusterTime }: Document) => ({
    lsid,
    txnNumber,
    autocommit: false,
    $clusterTime,
  })

  const endAll = async (body: Document, within: Open, send: SendToShard): Promise<void> => {
    for (const shard of within.shards) await send(shard, { abortTransaction: 1, ...sessionOf(body), $db: 'admin' })
  }

  /** Begins the transaction on a shard that it has not come by; the first one is told to see to the commit. */
  const beginningOn = (shard: number, within: Open): Document => {
    if (within.shards.includes(shard)) return {}
    const begins = { startTransaction: true, readConcern: within.readConcern }
    return within.shards.push(shard) === 1 ? { ...begins, coordinator: true } : begins
  }

  const isOver = (answer: Document | undefined): boolean =>
    answer !== undefined && (Number(answer.ok) !== 1 || answer.writeErrors !== undefined)

  const statement = async (name: string, body: Document, within: Open, send: SendToShard): Promise<Document> => {
    const parts = await partsOf(name, body)
    const answers: Document[] = []
    for (const part of parts) {
      const begins = beginningOn(part.shard, within)
      answers.push(await send(part.shard, { ...partOf(name, body, part), ...begins, $clusterTime: latest }))
      if (isOver(answers.at(-1))) break
    }
    const last = answers.at(-1) as Document
    if (isOver(last)) await endAll(body, within, send)
    if (Number(last.ok) !== 1) return last
    if (name in STATEMENTS) return joinWrites(parts, answers)
    return answers.length === 1 ? last : joinReads(name, body, answers)
  }

  const commit = async (body: Document, within: Open, send: SendToShard): Promise<Document> => {
    const [coordinator, ...others] = within.shards
    if (coordinator === undefined) return { ok: 1 }
    if (others.length === 0) return send(coordinator, body)
    spread++
    const participants = within.shards.map(shard => ({ shardId: shards[shard]?.name }))
    const { commitTransaction: _, recoveryToken: _recoveryToken, ...rest } = body
    return send(coordinator, { coordinateCommitTransaction: 1, participants, ...rest })
  }

  return {
    /** How many were committed, or tried to be, over several shards. */
    spread: () => spread,
    /** Has later transactions see what was there when a shard answered. */
    note: ({ $clusterTime }: Document): void => {
      if ($clusterTime === undefined) return
      if (latest === undefined || $clusterTime.clusterTime.greaterThan(latest.clusterTime))
        latest = $clusterTime as ClusterTime
    },
    /** Does what a command of a transaction says, on every shard that it concerns. */
    run: async (name: string, body: Document, send: SendToShard): Promise<Document> => {
      const id = `${body.lsid.id.toString('hex')} ${body.txnNumber}`
      if (body.startTransaction !== undefined) {
        const time = latest === undefined ? {} : { atClusterTime: latest.clusterTime }
        open.set(id, { shards: [], readConcern: { level: 'snapshot', ...time } })
      }
      const within = open.get(id) ?? { shards: [], readConcern: {} }
      if (name === 'commitTransaction') return commit(body, within, send)
      if (name !== 'abortTransaction') return statement(name, body, within, send)
      await endAll(body, within, send)
      open.delete(id)
      return { ok: 1 }
    },
  }
}

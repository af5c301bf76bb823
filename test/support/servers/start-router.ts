import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Document } from 'mongodb'
import { createTransactions } from './shard-transactions.ts'
import { isRouted, type MongoShards, ROUTED } from './start-mongo-shards.ts'
import { connectWire, messagesOf, toWire, type WireMessage } from './wire.ts'

/** Sends a command to a shard, by its place. */
export type SendToShard = (shard: number, body: Document) => Promise<Document>

/** What a driver takes for a `mongos`. */
const HELLO = {
  ismaster: true,
  isWritablePrimary: true,
  msg: 'isdbgrid',
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 17,
  readOnly: false,
  ok: 1,
}
const WITHOUT_KEY = { ok: 0, code: 61, codeName: 'ShardKeyNotFound', errmsg: 'findAndModify needs the shard key' }
const GREETINGS = new Set(['hello', 'ismaster', 'isMaster'])

/**
 * Stands before a sharded cluster as its router: what a shard can route by itself, it does (start-mongo-shards.ts), and
 * transactions are made of those of the shards (shard-transactions.ts).
 * @returns where drivers find it
 */
export const startRouter = async (cluster: MongoShards) => {
  const transactions = createTransactions(cluster)
  const sockets = new Set<Socket>()

  const answer = async ({ body }: WireMessage, send: SendToShard): Promise<Document> => {
    const [name = ''] = Object.keys(body)
    if (GREETINGS.has(name)) return { ...HELLO, localTime: new Date() }
    if (body.autocommit !== undefined) return transactions.run(name, body, send)
    if (name === 'findAndModify') {
      const shard = await cluster.shardOf(body.findAndModify, body.query)
      return shard === undefined ? WITHOUT_KEY : send(shard, body)
    }
    if (!isRouted(name)) return send(0, body)
    // The shard's own session is no router's.
    const { [name]: first, lsid: _lsid, txnNumber: _txnNumber, ...rest } = body
    return send(0, { [ROUTED[name] as string]: first, ...rest })
  }

  const serve = async (socket: Socket): Promise<void> => {
    const shards = await Promise.all(cluster.shards.map(({ port }) => connectWire(port)))
    const send: SendToShard = async (shard, body) => {
      const told = await (shards[shard] as (typeof shards)[number]).send(body)
      transactions.note(told)
      return told
    }
    try {
      for await (const message of messagesOf(socket)) socket.write(toWire(await answer(message, send), message))
    } finally {
      for (const shard of shards) shard.close()
    }
  }

  const server = createServer(socket => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket).catch(error => socket.destroy(error))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mongodb://127.0.0.1:${(server.address() as { port: number }).port}/`,
    /** How many transactions were committed over several shards. */
    spread: transactions.spread,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

import type { CommandReader } from './counting-proxy.ts'

const HEADER_LENGTH = 16
const OPCODE_OFFSET = 12
const OP_MSG = 2013
/** Header, flags, kind of the section, length of its document: then comes the type of its first element, and its name. */
const TYPE_OFFSET = HEADER_LENGTH + 4 + 1 + 4
const NAME_OFFSET = TYPE_OFFSET + 1
const STRING = 2

/** How the driver watches the server; it is no part of any operation. */
const MONITORING = new Set(['hello', 'ismaster', 'isMaster', 'endSessions'])

const commandOf = (message: Buffer): string | undefined => {
  if (message.readInt32LE(OPCODE_OFFSET) !== OP_MSG) return undefined
  const nameEnd = message.indexOf(0, NAME_OFFSET)
  const name = message.toString('utf8', NAME_OFFSET, nameEnd)
  if (MONITORING.has(name)) return undefined
  if (message[TYPE_OFFSET] !== STRING) return name
  // The value is the collection: its length, then itself and a zero byte.
  const start = nameEnd + 1 + 4
  return `${name} ${message.toString('utf8', start, message.indexOf(0, start))}`
}

/**
 * Reads commands of MongoDB's wire protocol: the first element of an OP_MSG's document is named for the command, and its
 * value the collection, which is read as part of the name: `find accounts`.
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export const createMongoCommandReader = (): CommandReader => {
  let pending: Buffer = Buffer.alloc(0)
  return chunk => {
    pending = Buffer.concat([pending, chunk])
    const names: string[] = []
    while (pending.length >= HEADER_LENGTH && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0)
      const name = commandOf(pending.subarray(0, length))
      if (name !== undefined) names.push(name)
      pending = pending.subarray(length)
    }
    return names
  }
}

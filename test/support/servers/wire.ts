import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** A message of MongoDB's wire protocol: one command, or the answer to one. */
export type WireMessage = { readonly id: number; readonly legacy: boolean; readonly body: Document }

// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const HEADER = 16

/** Numbers keep their types, so that they are passed on as they came. */
const read = (bytes: Buffer): Document => BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false })

const documentAt = (bytes: Buffer, at: number): Buffer => bytes.subarray(at, at + bytes.readInt32LE(at))

/** Several documents that are sent beside the command (`documents`, `updates`) are a field of it. */
const readSections = (bytes: Buffer): Document => {
  let body: Document = {}
  for (let at = HEADER + 4; at < bytes.length; ) {
    const kind = bytes[at++]
    const size = bytes.readInt32LE(at)
    if (kind === 0) body = { ...read(documentAt(bytes, at)), ...body }
    else {
      const nameEnd = bytes.indexOf(0, at + 4)
      const documents: Document[] = []
      for (let of = nameEnd + 1; of < at + size; of += bytes.readInt32LE(of))
        documents.push(read(documentAt(bytes, of)))
      body[bytes.toString('utf8', at + 4, nameEnd)] = documents
    }
    at += size
  }
  return body
}

const parse = (bytes: Buffer): WireMessage => {
  const [id, code] = [bytes.readInt32LE(4), bytes.readInt32LE(12)]
  if (code === OP_MSG) return { id, legacy: false, body: readSections(bytes) }
  if (code !== OP_QUERY) throw new Error(`a message of kind ${code}`)
  return { id, legacy: true, body: read(documentAt(bytes, bytes.indexOf(0, HEADER + 4) + 9)) }
}

const frame = (id: number, responseTo: number, code: number, parts: readonly Buffer[]): Buffer => {
  const header = Buffer.alloc(HEADER)
  const size = parts.reduce((sum, part) => sum + part.length, HEADER)
  for (const [place, value] of [size, id, responseTo, code].entries()) header.writeInt32LE(value, place * 4)
  return Buffer.concat([header, ...parts])
}

let ids = 0
/** A message as it is sent; of an answer, to what. */
export const toWire = (body: Document, to?: WireMessage): Buffer => {
  const document = Buffer.from(BSON.serialize(body, { ignoreUndefined: true }))
  const id = ++ids
  if (to?.legacy !== true) return frame(id, to?.id ?? 0, OP_MSG, [Buffer.alloc(5), document])
  const flags = Buffer.alloc(20)
  flags.writeInt32LE(1, 16)
  return frame(id, to.id, OP_REPLY, [flags, document])
}

/** The messages that come at a socket, until it closes. */
export async function* messagesOf(socket: Socket): AsyncGenerator<WireMessage> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer])
    while (bytes.length >= HEADER && bytes.length >= bytes.readInt32LE(0)) {
      const size = bytes.readInt32LE(0)
      yield parse(bytes.subarray(0, size))
      bytes = bytes.subarray(size)
    }
  }
}

/** A connection on which one command is sent after the other. */
export const connectWire = async (port: number) => {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  const answers = messagesOf(socket)
  return {
    send: async (body: Document): Promise<Document> => {
      socket.write(toWire(body))
      const { value, done } = await answers.next()
      if (done) throw new Error('the server closed the connection')
      return value.body
    },
    close: () => socket.destroy(),
  }
}

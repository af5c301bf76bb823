import { createMongoCommandReader } from '#bench/stores/mongo-commands.ts'
import { createRedisCommandReader } from '#bench/stores/redis-commands.ts'

const OP_MSG = 2013

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** An OP_MSG as the driver sends it, of whose document only the first element counts: a text, or the number 1. */
const mongoMessage = (command: string, collection?: string): Buffer => {
  const text = Buffer.from(`${collection}\0`)
  const value = collection === undefined ? int32(1) : Buffer.concat([int32(text.length), text])
  const type = collection === undefined ? 16 : 2
  const element = Buffer.concat([Buffer.from([type]), Buffer.from(`${command}\0`), value])
  const body = Buffer.concat([Buffer.alloc(9), element, Buffer.alloc(9)])
  const header = Buffer.alloc(16)
  header.writeInt32LE(header.length + body.length, 0)
  header.writeInt32LE(OP_MSG, 12)
  return Buffer.concat([header, body])
}

/** What a reader finds in bytes that come in pieces of `size`. */
const readInPieces = (read: (chunk: Buffer) => readonly string[], bytes: Buffer, size: number): string[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    read(bytes.subarray(index * size, (index + 1) * size)),
  ).flat()

describe.each([1, 7, 10_000])('commands that come in pieces of %d bytes', size => {
  test('are read from the protocol of Redis, whatever their values look like', () => {
    const value = '*1\r\n$4\r\nPING\r\né'
    const set = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${Buffer.byteLength(value)}\r\n${value}\r\n`
    const sent = Buffer.from(`${set}*1\r\n$4\r\nexec\r\n${set}`)

    expect(readInPieces(createRedisCommandReader(), sent, size)).toEqual(['set', 'exec', 'set'])
  })

  test('are read from the protocol of MongoDB, without those that only watch the server', () => {
    const sent = Buffer.concat([
      mongoMessage('find', 'accounts'),
      mongoMessage('hello'),
      mongoMessage('commitTransaction'),
    ])

    expect(readInPieces(createMongoCommandReader(), sent, size)).toEqual(['find accounts', 'commitTransaction'])
  })
})

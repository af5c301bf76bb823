import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that counts what a server is told, calls back at one of the messages, and may be slow. */
export type Tripwire = {
  readonly port: number
  /** Messages since the start, those that only keep a connection alive aside. */
  messages(): number
  /** Calls back once, at the message that many from now on: before it is passed on, or right after. */
  arm(options: { after: number; when: 'before' | 'after'; onTrip: () => void }): void
  disarm(): void
  /** From now on every answer of the server comes that many milliseconds later: it is alive, and slow. 0 ends it. */
  slowDown(ms: number): void
  close(): Promise<void>
}

/** How MongoDB's driver watches its servers, and takes leave of them. Redis clients send nothing by themselves. */
const KEEPS_ALIVE = /\0(hello|ismaster|isMaster|endSessions)\0/

/** Writes to a socket what comes, each time `delayMs()` later and in its order, also when the delay changes meanwhile. */
const createDelayed = (socket: Socket, delayMs: () => number): ((chunk: Buffer) => void) => {
  let last = 0
  return chunk => {
    const now = performance.now()
    last = Math.max(last, now + delayMs())
    if (last <= now) socket.write(chunk)
    else setTimeout(() => socket.writable && socket.write(chunk), last - now)
  }
}

/** Stands before the server that listens, now or later, at a port of this machine. */
export const startTripwire = async (target: number): Promise<Tripwire> => {
  const sockets = new Set<Socket>()
  let messages = 0
  let delayMs = 0
  let armed: Parameters<Tripwire['arm']>[0] | undefined

  /** @returns what is to be done after the message was passed on */
  const count = (chunk: Buffer): (() => void) | undefined => {
    if (KEEPS_ALIVE.test(chunk.toString('latin1'))) return undefined
    messages++
    if (armed === undefined || --armed.after > 0) return undefined
    const { when, onTrip } = armed
    armed = undefined
    if (when === 'after') return onTrip
    onTrip()
    return undefined
  }

  const join = (one: Socket, other: Socket): void => {
    sockets.add(one)
    one.on('error', () => one.destroy())
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
  }

  const server = createServer(client => {
    const upstream = connect(target, '127.0.0.1')
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    join(client, upstream)
    join(upstream, client)
    client.on('data', chunk => {
      const after = count(chunk)
      upstream.write(chunk)
      after?.()
    })
    upstream.on(
      'data',
      createDelayed(client, () => delayMs),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as { port: number }).port,
    messages: () => messages,
    arm: options => {
      armed = { ...options }
    },
    disarm: () => {
      armed = undefined
    },
    slowDown: ms => {
      delayMs = ms
    },
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

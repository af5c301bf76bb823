import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * A TCP proxy before a server, to count round trips (from what is sent until an answer) and to swap servers as a
 * failover does. `url` takes the place of the server's.
 * @param options.delayMs how long what is sent is on its way
 * @param options.port where it listens; by default a free one
 */
export const startProxy = async (target: string, options: { delayMs?: number; port?: number } = {}) => {
  const { delayMs = 0 } = options
  let port = Number(new URL(target).port)
  let trips = 0
  const sockets = new Set<Socket>()

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }

  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1')
    let answered = true
    keep(client)
    keep(upstream)
    client.on('data', () => {
      if (answered) trips++
      answered = false
    })
    upstream.on('data', () => {
      answered = true
    })
    if (delayMs === 0) client.pipe(upstream)
    else client.on('data', chunk => setTimeout(() => upstream.write(chunk), delayMs))
    upstream.pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as { port: number }

  return {
    url: `redis://127.0.0.1:${own}`,
    /** Round trips on all connections that `work` needs. */
    tripsOf: async (work: () => Promise<unknown>): Promise<number> => {
      const before = trips
      await work()
      return trips - before
    },
    /** Connections from now on go to another server. */
    follow: (next: string) => {
      port = Number(new URL(next).port)
    },
    /** Ends the connections there are. */
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What was sent through a proxy so far: commands by name, and trips to the server and back. */
export type Traffic = { readonly commands: Readonly<Record<string, number>>; readonly roundTrips: number }

/** Reads a client's bytes as they come: the names of the commands that this chunk begins. One per connection. */
export type CommandReader = (chunk: Buffer) => readonly string[]

/** What was sent between two readings. */
export const trafficBetween = (before: Traffic, after: Traffic): Traffic => ({
  commands: Object.fromEntries(
    Object.entries(after.commands)
      .map(([name, count]) => [name, count - (before.commands[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  ),
  roundTrips: after.roundTrips - before.roundTrips,
})

/**
 * Starts a TCP proxy of a store that counts commands and round trips: a round trip is whatever a connection sends before
 * it hears from the server again, one command or a pipeline of them. It slows what passes, so nothing is timed with it.
 */
export const startCountingProxy = async (port: number, createReader: () => CommandReader) => {
  const commands = new Map<string, number>()
  let roundTrips = 0
  const sockets = new Set<Socket>()

  const forward = (client: Socket): void => {
    const store = connect(port, '127.0.0.1')
    const read = createReader()
    let underWay = false
    for (const [socket, peer] of [
      [client, store],
      [store, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => peer.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        peer.destroy()
      })
    }
    client.on('data', chunk => {
      const names = read(chunk)
      for (const name of names) commands.set(name, (commands.get(name) ?? 0) + 1)
      if (names.length > 0 && !underWay) roundTrips += 1
      underWay ||= names.length > 0
      store.write(chunk)
    })
    store.on('data', chunk => {
      underWay = false
      client.write(chunk)
    })
  }

  const server = createServer(forward).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    traffic: (): Traffic => ({ commands: Object.fromEntries(commands), roundTrips }),
    close: (): void => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export type CountingProxy = Awaited<ReturnType<typeof startCountingProxy>>

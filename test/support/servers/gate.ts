import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server on which answers to new connections are kept waiting; those there are go on. */
export type Gate = {
  /** Where it listens on this machine. */
  readonly port: number
  /** How many came by it. */
  connections(): number
  /** Keeps answers to connections from now on waiting, until `release`. */
  hold(): void
  release(): void
  close(): void
}

/**
 * Opens one.
 * @param target the server's port on this machine
 * @param options.delayOf milliseconds for which answers to the nth connection, from 1, wait in any case
 */
export const startGate = async (
  target: number,
  { delayOf = () => 0 }: { readonly delayOf?: (nth: number) => number } = {},
): Promise<Gate> => {
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  let isHeld = false
  let connections = 0
  const server = createServer(near => {
    connections += 1
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one
        .on('error', () => other.destroy())
        .on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
    }
    near.pipe(far)
    const delay = delayOf(connections)
    const answer = () => void far.pipe(near)
    if (isHeld) held.push(answer)
    else if (delay > 0) setTimeout(answer, delay)
    else answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const answer of held.splice(0)) answer()
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

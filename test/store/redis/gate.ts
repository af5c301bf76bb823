import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server on which answers to new connections can be held back; those there are go on. */
export type Gate = { readonly url: string; hold(): void; release(): void; close(): void }

/** Opens one. @param target the server's port on this machine */
export const startGate = async (target: number): Promise<Gate> => {
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  let isHeld = false
  const server = createServer(near => {
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
    const answer = () => void far.pipe(near)
    if (isHeld) held.push(answer)
    else answer()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the range that systems take ephemeral ports from (32768 on Linux, 49152 elsewhere): a port given out here is not
 * taken by somebody's outgoing connection while its server is down for a moment. Nor is the one a Redis Cluster talks on
 * among itself, which is 10,000 higher, and given out to nobody.
 */
const LOWEST = 13_000
const HIGHEST = 22_700

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}

/** A port nobody listens on at this moment. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
}

/** Ports nobody listens on, all different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

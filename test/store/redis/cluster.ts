import { Redis } from 'ioredis'
import { freePorts } from '#test/support/free-ports.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { until } from './support.ts'

const SLOTS = 16_384
const SIZE = 3
const ARGS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-config-file', 'nodes.conf']

/** Where a server listens, and where the others of its Cluster reach it. */
type Ports = { readonly port: number; readonly bus: number }

/** Gives each of the servers its share of the slots and makes them one Cluster. */
const join = async (servers: readonly TestServer[], ports: readonly Ports[]): Promise<void> => {
  const nodes = servers.map(({ url }) => new Redis(url, { disableClientInfo: true }))
  try {
    const share = Math.ceil(SLOTS / nodes.length)
    for (const [index, node] of nodes.entries()) {
      await node.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1)
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    }
    for (const { port, bus } of ports.slice(1)) await nodes[0]?.call('CLUSTER', 'MEET', '127.0.0.1', port, bus)
    const isWhole = async (node: Redis) => {
      const info = await node.cluster('INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${SIZE}`)
    }
    await until(async () => (await Promise.all(nodes.map(isWhole))).every(Boolean))
  } finally {
    for (const node of nodes) node.disconnect()
  }
}

/** A Cluster of three primaries of the tests' own. */
export const startCluster = async () => {
  const free = await freePorts(2 * SIZE)
  // Named: by default it is the port plus 10,000, which may be somebody's.
  const ports = Array.from({ length: SIZE }, (_, at) => ({ port: free[at] ?? 0, bus: free[SIZE + at] ?? 0 }))
  const servers = await Promise.all(
    ports.map(({ port, bus }) => startRedis({ port, args: [...ARGS, '--cluster-port', String(bus)] })),
  )
  await join(servers, ports)
  const [first] = servers
  return {
    servers,
    /** How to configure a store for it: one node, from which the others are learnt. */
    config: { url: first?.url ?? '', clusterNodes: [] as string[] },
    close: async () => {
      for (const server of servers) await server.close()
    },
  }
}

import { Redis } from 'ioredis'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { until } from './support.ts'

const SLOTS = 16_384
const SIZE = 3
const ARGS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-config-file', 'nodes.conf']

const portOf = ({ url }: TestServer): number => Number(new URL(url).port)

/** Gives each of the servers its share of the slots and makes them one Cluster. */
const join = async (servers: readonly TestServer[]): Promise<void> => {
  const nodes = servers.map(({ url }) => new Redis(url, { disableClientInfo: true }))
  try {
    const share = Math.ceil(SLOTS / nodes.length)
    for (const [index, node] of nodes.entries()) {
      await node.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1)
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    }
    for (const server of servers.slice(1)) await nodes[0]?.call('CLUSTER', 'MEET', '127.0.0.1', portOf(server))
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
  const servers = await Promise.all(Array.from({ length: SIZE }, () => startRedis({ args: ARGS })))
  await join(servers)
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

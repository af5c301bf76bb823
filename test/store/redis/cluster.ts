import { Redis } from 'ioredis'
import { freePorts } from '#test/support/free-ports.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { until } from './support.ts'

const SLOTS = 16_384
const PRIMARIES = 3
const ARGS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-config-file', 'nodes.conf']
/** A replica stands for election however long it was cut off, and copies its primary by way of memory only. */
const REPLICATING = ['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0']

/** Where a server listens, where it says it does, and where the others of its Cluster reach it. */
type Ports = { readonly port: number; readonly announced: number; readonly bus: number }

const openAdmin = ({ url }: TestServer): Redis => new Redis(url, { disableClientInfo: true })

/** Gives each of the primaries its share of the slots and makes all one Cluster. */
const join = async (servers: readonly TestServer[], ports: readonly Ports[]): Promise<void> => {
  const nodes = servers.map(openAdmin)
  const primaries = nodes.slice(0, PRIMARIES)
  try {
    const share = Math.ceil(SLOTS / PRIMARIES)
    for (const [index, node] of nodes.entries()) {
      if (index < PRIMARIES) {
        await node.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1)
      }
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    }
    for (const { announced, bus } of ports.slice(1)) {
      await nodes[0]?.call('CLUSTER', 'MEET', '127.0.0.1', announced, bus)
    }
    const isWhole = async (node: Redis) => {
      const info = await node.cluster('INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`)
    }
    await until(async () => (await Promise.all(nodes.map(isWhole))).every(Boolean))
    for (const [index, replica] of nodes.slice(PRIMARIES).entries()) {
      const primary = primaries[index]
      await replica.call('CLUSTER', 'REPLICATE', String(await primary?.call('CLUSTER', 'MYID')))
      await until(async () => (await replica.info('replication')).includes('master_link_status:up'))
    }
  } finally {
    for (const node of nodes) node.disconnect()
  }
}

/** What stands before a server, and by whose port the server goes. */
type Front = { readonly url: string; close(): Promise<unknown> }

/**
 * A Cluster of three primaries of the tests' own.
 * @param options.replicas whether each primary has a replica, which takes over when it dies: `servers` are the primaries,
 *   then the replicas in their order
 * @param options.front starts what clients reach on `port` instead of the server at `target`. The servers, too, speak to one
 *   another through it
 */
export const startCluster = async <Before extends Front = never>(
  options: { replicas?: boolean; front?: (at: { port: number; target: number }) => Promise<Before> } = {},
) => {
  const { replicas = false, front } = options
  const size = replicas ? 2 * PRIMARIES : PRIMARIES
  const free = await freePorts(3 * size)
  const portAt = (at: number): number => free[at] ?? 0
  // The bus is named: by default it is the port plus 10,000, which may be somebody's.
  const ports = Array.from({ length: size }, (_, at): Ports => {
    const port = portAt(at)
    return { port, announced: front ? portAt(2 * size + at) : port, bus: portAt(size + at) }
  })
  const before = ({ port, announced }: Ports) => front?.({ port: announced, target: port }) ?? []
  const fronts = (await Promise.all(ports.map(before))).flat() as Before[]
  const servers = await Promise.all(
    ports.map(({ port, announced, bus }) => {
      const reached = ['--cluster-port', String(bus), '--cluster-announce-port', String(announced)]
      return startRedis({ port, args: [...ARGS, ...REPLICATING, ...reached] })
    }),
  )
  await join(servers, ports)
  const [first] = servers
  return {
    servers,
    /** What stands before each of them, where something does. */
    fronts,
    /** How to configure a store for it: one node, from which the others are learnt. */
    config: { url: fronts[0]?.url ?? first?.url ?? '', clusterNodes: [] as string[] },
    close: async () => {
      for (const front of fronts) await front.close()
      for (const server of servers) await server.close()
    },
  }
}

import { readFileSync } from 'node:fs'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisConfig } from '#src/store/redis/config.ts'
import { SCRIPTS } from '#src/store/redis/scripts.ts'
import { COMMAND_TIMEOUT_MS, CONNECT_TIMEOUT_MS, retryDelay, SILENCE_TIMEOUT_MS } from './time-budgets.ts'

const DEFAULT_PORT = 6379

/** For every single connection; a command's own time is kept by `inTime`. Nothing is sent twice: who cannot know whether a command was carried out is told so. */
const CONNECTION = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_TIMEOUT_MS,
  disconnectTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A primary that became a replica: look for the new one. The command itself fails.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  disableClientInfo: true,
} satisfies RedisOptions

/**
 * For a client. Without auto-pipelining: measured on this store it costs a quarter to a half more CPU per operation at
 * 1 to 32 calls at once and saves the server nothing, and a call would wait for the pipeline before it.
 */
const CLIENT = { scripts: SCRIPTS, enableOfflineQueue: false, lazyConnect: true }

const decoded = (part: string) => (part === '' ? undefined : decodeURIComponent(part))

const parse = (value: string) => {
  const url = new URL(value)
  const username = decoded(url.username)
  const password = decoded(url.password)
  return {
    // An IPv6 address comes in brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    db: Number(url.pathname.slice(1)),
    credentials: { ...(username !== undefined && { username }), ...(password !== undefined && { password }) },
    secure: url.protocol === 'rediss:',
  }
}

const hostAndPort = (value: string) => {
  const { host, port } = parse(`redis://${value}`)
  return { host, port }
}

const tlsOptions = ({ caFile, certFile, keyFile }: NonNullable<RedisConfig['tls']> = {}) => ({
  ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  ...(certFile !== undefined && { cert: readFileSync(certFile) }),
  ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
})

type Tls = ReturnType<typeof tlsOptions>

const sentinelOptions = (urls: readonly string[], group: string, secure: boolean, tls: Tls) => {
  const sentinels = urls.map(parse)
  const [first] = sentinels
  const { username, password } = first?.credentials ?? {}
  return {
    name: group,
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(first?.secure && { sentinelTLS: tls }),
    // Despite its name this is about the server that the Sentinels name.
    enableTLSForSentinelMode: secure,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: retryDelay,
    sentinelReconnectStrategy: retryDelay,
    failoverDetector: true,
  } satisfies RedisOptions
}

/**
 * The driver's client for the configured topology, not yet connected. TLS files are read now.
 * Of several Sentinels the user, password and `rediss` of the first count for all.
 */
export const createClient = (config: RedisConfig): Redis | Cluster => {
  const { host, port, db, credentials, secure } = parse(config.url)
  const tls = tlsOptions(config.tls)
  const connection = { ...CONNECTION, ...credentials, ...(secure && { tls }) }
  if (config.clusterNodes !== undefined) {
    return new Cluster([{ host, port }, ...config.clusterNodes.map(hostAndPort)], {
      ...CLIENT,
      redisOptions: connection,
      clusterRetryStrategy: retryDelay,
      clusterNodeRetryStrategy: retryDelay,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      slotsRefreshInterval: 2 * CONNECT_TIMEOUT_MS,
      // A command is not sent again to a server that is gone; after a few moves it is given up.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      maxRedirections: 4,
    })
  }
  const one = { ...CLIENT, ...connection, db, retryStrategy: retryDelay } satisfies RedisOptions
  if (config.sentinels === undefined) return new Redis({ ...one, host, port })
  return new Redis({ ...one, ...sentinelOptions(config.sentinels, host, secure, tls) })
}

import {
  allowInsecureRequests,
  type ClientAuth,
  type ClientMetadata,
  Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  enableNonRepudiationChecks,
} from 'openid-client'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBoundedHttp, type SendRequest } from '#src/upstream/transport/bounded-http.ts'
import { createCachedDocument } from '#src/upstream/transport/cached-document.ts'
import { type CallWatch, watchCalls } from '#src/upstream/transport/call-health.ts'
import { type CircuitBreaker, createCircuitBreaker, isUnavailable } from '#src/upstream/transport/circuit-breaker.ts'
import { httpFetch } from '#src/upstream/transport/http-fetch.ts'
import { toLegError } from './leg-errors.ts'
import { metadataUrl, type ProviderMetadata, parseMetadata } from './provider-metadata.ts'
import { type Call, createRelay, type Unwrap } from './relay.ts'

/** What of a configuration a connection goes by; all kinds of OpenID upstream have these. */
type ConnectionConfig = {
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly timeouts: { readonly callMs: number }
  readonly maxTokenBytes: number
  readonly clockToleranceSeconds: number
}

/** What talking to an upstream needs from outside. `fetch` is for all calls; `httpFetch` by default. */
export type ConnectionEnvironment = {
  readonly clock: Clock
  readonly logger: Logger
  readonly fetch?: typeof globalThis.fetch
  /** Is told how the calls go. */
  readonly watch?: CallWatch
}

/** In what the kinds differ. */
export type ConnectionOptions = ConnectionEnvironment & {
  readonly config: ConnectionConfig
  /** The signature algorithms that are taken; nothing else is. */
  readonly signatures: Pick<ClientMetadata, 'id_token_signed_response_alg' | 'userinfo_signed_response_alg'>
  readonly authenticate: (tokenEndpoint: string) => ClientAuth
  /** Whether an upstream without a userinfo endpoint is of no use. */
  readonly needsUserinfo: boolean
  readonly unwrap?: { readonly token: Unwrap; readonly userinfo: Unwrap }
}

/** The library's client, whether userinfo can be asked, and the upstream's JWKS as it was last read. */
export type Connection = {
  readonly client: Configuration
  readonly hasUserinfo: boolean
  readonly jwks: () => Promise<string>
}

export const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A little less than the minute after which the library asks for keys again: it counts in whole seconds. */
const JWKS_FRESH_MS = 55_000
/** For the public documents of a provider: far above what they measure. */
const MAX_DOCUMENT_BYTES = 65_536

/**
 * Keeps something an upstream publishes: asked for again after `freshMs`, at most once a minute, and a copy of up to a
 * day serves while the upstream cannot be reached.
 */
export const keepDocument = <T>(
  { config, clock, logger }: Pick<ConnectionOptions, 'clock' | 'logger'> & { config: { readonly id: string } },
  document: { name: string; freshMs: number; load: () => Promise<T> },
): (() => Promise<T>) =>
  createCachedDocument({
    load: document.load,
    clock,
    freshness: { freshMs: document.freshMs, retryMs: MINUTE_MS, staleMs: 24 * HOUR_MS },
    onFailure: (error, hasCopy) => {
      const { detail } = toLegError(error)
      logger.warn({ upstream: config.id, name: document.name, hasCopy, detail }, 'refresh failed')
    },
  })

/** openid-client's configuration: listed signature algorithms only, and signatures always verified. */
const createClient = (options: ConnectionOptions, metadata: ProviderMetadata, relay: Call): Configuration => {
  const { config, clock, signatures } = options
  const client = new Configuration(
    metadata,
    config.clientId,
    {
      ...signatures,
      [clockSkew]: Math.round((clock() - Date.now()) / 1000),
      [clockTolerance]: config.clockToleranceSeconds,
    },
    options.authenticate(metadata.token_endpoint),
  )
  client[customFetch] = (url, { method, headers, body }) =>
    relay(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}) })
  // Each call has its own time limit; a second timer would only cost.
  client.timeout = undefined
  enableNonRepudiationChecks(client)
  if (config.issuer.startsWith('http:')) allowInsecureRequests(client)
  return client
}

/** Every call to the upstream goes through one breaker; `check` tells before a leg begins that none would be made. */
const createBreaker = ({ config, clock, logger }: ConnectionOptions): CircuitBreaker =>
  createCircuitBreaker({
    clock,
    onChange: state => logger.warn({ upstream: config.id, state }, 'circuit breaker changed'),
  })

/**
 * Gives the connection to an OpenID provider: made with the first call, kept, and made anew only when the provider's
 * metadata has changed. Metadata is read again after an hour, keys when one is unknown or five minutes have passed.
 * @returns a function that throws PiasError `upstream.unavailable`: at once while the circuit breaker is open
 */
export const createConnection = (options: ConnectionOptions): (() => Promise<Connection>) => {
  const { config, needsUserinfo, watch } = options
  const breaker = createBreaker(options)
  watch?.follow(breaker)
  const { callMs } = config.timeouts
  const send = createBoundedHttp({ fetch: options.fetch ?? httpFetch, callMs })
  const bounded = watchCalls(watch, isUnavailable, send)
  const http: SendRequest = (...call) => breaker.run(() => bounded(...call))

  const read = async (name: string, url: string): Promise<string> => {
    const reply = await http(url, { headers: { accept: 'application/json' } }, MAX_DOCUMENT_BYTES)
    if (reply.status === 200) return reply.body
    throw new PiasError('upstream.unavailable', `${name} answered ${reply.status}`)
  }

  const metadataText = keepDocument(options, {
    name: 'metadata',
    freshMs: HOUR_MS,
    load: async () => {
      const body = await read('metadata', metadataUrl(config.issuer))
      return JSON.stringify(parseMetadata(body, config.issuer, { userinfo: needsUserinfo }))
    },
  })

  const connect = (metadata: ProviderMetadata): Connection => {
    const jwks = keepDocument(options, {
      name: 'jwks',
      freshMs: JWKS_FRESH_MS,
      load: () => read('jwks', metadata.jwks_uri),
    })
    const { unwrap } = options
    const relay = createRelay(metadata, {
      http,
      maxBytes: config.maxTokenBytes,
      jwks,
      ...(unwrap === undefined ? {} : { unwrap }),
    })
    return {
      client: createClient(options, metadata, relay),
      hasUserinfo: metadata.userinfo_endpoint !== undefined,
      jwks,
    }
  }

  let current: { readonly text: string; readonly connection: Connection } | undefined
  return async () => {
    // No leg begins that could not end.
    breaker.check()
    const text = await metadataText()
    if (current?.text !== text) current = { text, connection: connect(JSON.parse(text)) }
    return current.connection
  }
}

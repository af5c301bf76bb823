import {
  allowInsecureRequests,
  Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  enableNonRepudiationChecks,
  modifyAssertion,
  PrivateKeyJwt,
} from 'openid-client'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBoundedHttp, type RequestOptions, type SendRequest } from '#src/upstream/bounded-http.ts'
import { createCachedDocument, type Freshness } from '#src/upstream/cached-document.ts'
import { type CircuitBreaker, createCircuitBreaker } from '#src/upstream/circuit-breaker.ts'
import type { ItsmeConfig } from './config.ts'
import { type EncryptionKey, importEncryptionKey } from './encryption-key.ts'
import { toItsmeError } from './errors.ts'
import type { ItsmeKeys } from './keys.ts'
import { metadataUrl, type ProviderMetadata, parseMetadata } from './provider-metadata.ts'
import { type Call, createRelay } from './relay.ts'
import { createTokenOpener } from './tokens/nested-token.ts'

/** What talking to itsme needs. `fetch` is for all calls; the built-in one by default. */
export type ConnectionDeps = {
  readonly config: ItsmeConfig
  readonly keys: ItsmeKeys
  readonly clock: Clock
  readonly logger: Logger
  readonly fetch?: typeof globalThis.fetch
}

/** openid-client's configuration for itsme, and the key that request objects are encrypted to. */
export type Connection = { readonly client: Configuration; readonly encryptionKey: () => Promise<EncryptionKey> }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A little less than the minute after which the library asks for keys again: it counts in whole seconds. */
const JWKS_FRESH_MS = 55_000
/** For itsme's public documents: far above what they measure. */
const MAX_DOCUMENT_BYTES = 65_536

const freshFor = (freshMs: number): Freshness => ({ freshMs, retryMs: MINUTE_MS, staleMs: 24 * HOUR_MS })

/**
 * openid-client's configuration for itsme: RS256 only, signatures always verified, and a client assertion addressed to
 * the token URL, where the library would address the issuer (itsme.md, 3 and 9).
 */
const createClient = ({ config, keys, clock }: ConnectionDeps, metadata: ProviderMetadata, relay: Call) => {
  const authentication = PrivateKeyJwt(keys.signing, {
    [modifyAssertion]: (_header, payload) => {
      payload.aud = metadata.token_endpoint
    },
  })
  const client = new Configuration(
    metadata,
    config.clientId,
    {
      id_token_signed_response_alg: 'RS256',
      userinfo_signed_response_alg: 'RS256',
      [clockSkew]: Math.round((clock() - Date.now()) / 1000),
      [clockTolerance]: config.clockToleranceSeconds,
    },
    authentication,
  )
  client[customFetch] = (url, { method, headers, body }) =>
    relay(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}) })
  // Each call has its own time limit below; a second timer would only cost.
  client.timeout = undefined
  enableNonRepudiationChecks(client)
  if (config.issuer.startsWith('http:')) allowInsecureRequests(client)
  return client
}

/** Every call to itsme goes through one breaker; `check` tells before a leg begins that none would be made. */
const createBreaker = ({ config, clock, logger }: ConnectionDeps): CircuitBreaker =>
  createCircuitBreaker({
    clock,
    onChange: state => logger.warn({ upstream: config.id, state }, 'circuit breaker changed'),
  })

/**
 * Gives the connection to itsme: made with the first call, kept, and made anew only when itsme's metadata has changed.
 * Metadata is read again after an hour, keys when one is unknown or five minutes have passed; either at most once a
 * minute, and a copy of up to a day serves while itsme cannot be reached (security.md, D).
 * @returns a function that throws PiasError `upstream.unavailable`: at once while the circuit breaker is open
 */
export const createConnection = (deps: ConnectionDeps): (() => Promise<Connection>) => {
  const { config, keys, clock, logger } = deps
  const breaker = createBreaker(deps)
  const bounded = createBoundedHttp({ fetch: deps.fetch ?? globalThis.fetch, callMs: config.timeouts.callMs })
  const http: SendRequest = (...call) => breaker.run(() => bounded(...call))
  const openToken = createTokenOpener({
    keys: keys.decryption,
    allowed: config.allowedEncryption,
    maxBytes: config.maxTokenBytes,
  })

  const keep = <T>(name: string, freshMs: number, load: () => Promise<T>): (() => Promise<T>) =>
    createCachedDocument({
      load,
      clock,
      freshness: freshFor(freshMs),
      onFailure: (error, hasCopy) =>
        logger.warn({ upstream: config.id, name, hasCopy, detail: toItsmeError(error).detail }, 'refresh failed'),
    })

  const read = async (name: string, url: string): Promise<string> => {
    const reply = await http(url, { headers: { accept: 'application/json' } }, MAX_DOCUMENT_BYTES)
    if (reply.status === 200) return reply.body
    throw new PiasError('upstream.unavailable', `${name} answered ${reply.status}`)
  }

  const metadataText = keep('metadata', HOUR_MS, async () =>
    JSON.stringify(parseMetadata(await read('metadata', metadataUrl(config.issuer)), config.issuer)),
  )

  const connect = (metadata: ProviderMetadata): Connection => {
    const jwks = keep('jwks', JWKS_FRESH_MS, () => read('jwks', metadata.jwks_uri))
    const send = (url: string, request: RequestOptions) => http(url, request, config.maxTokenBytes)
    return {
      client: createClient(deps, metadata, createRelay(metadata, { send, openToken, jwks })),
      encryptionKey: keep('encryption key', 5 * MINUTE_MS, async () => importEncryptionKey(await jwks())),
    }
  }

  let current: { readonly text: string; readonly connection: Connection } | undefined
  return async () => {
    breaker.check()
    const text = await metadataText()
    if (current?.text !== text) current = { text, connection: connect(JSON.parse(text)) }
    return current.connection
  }
}

import {
  allowInsecureRequests,
  Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  enableNonRepudiationChecks,
} from 'openid-client'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createBoundedHttp, type RequestOptions, type SendRequest } from '#src/upstream/bounded-http.ts'
import { createCachedDocument } from '#src/upstream/cached-document.ts'
import { createCircuitBreaker } from '#src/upstream/circuit-breaker.ts'
import { toLegError } from '#src/upstream/leg-errors.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import type { OidcConfig } from './config.ts'
import { metadataUrl, type ProviderMetadata, parseMetadata } from './provider-metadata.ts'

/** What talking to an OpenID provider needs. `fetch` is for all calls; the built-in one by default. */
export type OidcDeps = {
  readonly config: OidcConfig
  readonly authentication: ClientAuthentication
  readonly clock: Clock
  readonly logger: Logger
  readonly fetch?: typeof globalThis.fetch
}

/** The library's client, and whether there is a userinfo endpoint to ask. */
export type Connection = { readonly client: Configuration; readonly hasUserinfo: boolean }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A little less than the minute after which the library asks for keys again: it counts in whole seconds. */
const JWKS_FRESH_MS = 55_000
/** For the public documents of a provider: far above what they measure. */
const MAX_DOCUMENT_BYTES = 65_536

type Call = (url: string, request: RequestOptions) => Promise<Response>

/** Stands between openid-client and the network: sizes and times are bounded, and only announced endpoints called. */
const createRelay = (
  metadata: ProviderMetadata,
  { http, maxBytes, jwks }: { http: SendRequest; maxBytes: number; jwks: () => Promise<string> },
): Call => {
  const callable = new Set([metadata.token_endpoint, metadata.userinfo_endpoint])
  return async (url, request) => {
    if (url === metadata.jwks_uri) {
      return new Response(await jwks(), { headers: { 'content-type': 'application/json' } })
    }
    if (!callable.has(url)) throw new PiasError('upstream.invalid_response', 'a call to an endpoint nobody announced')
    const { status, contentType, body } = await http(url, request, maxBytes)
    return new Response(body === '' ? null : body, { status, headers: { 'content-type': contentType } })
  }
}

/** openid-client's configuration: one signature algorithm, and signatures always verified. */
const createClient = (deps: OidcDeps, metadata: ProviderMetadata, relay: Call): Configuration => {
  const { config, authentication, clock } = deps
  const client = new Configuration(
    metadata,
    config.clientId,
    {
      id_token_signed_response_alg: config.idTokenAlg,
      [clockSkew]: Math.round((clock() - Date.now()) / 1000),
      [clockTolerance]: config.clockToleranceSeconds,
    },
    authentication.authenticate(metadata.token_endpoint),
  )
  client[customFetch] = (url, { method, headers, body }) =>
    relay(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}) })
  // Each call has its own time limit below; a second timer would only cost.
  client.timeout = undefined
  enableNonRepudiationChecks(client)
  if (config.issuer.startsWith('http:')) allowInsecureRequests(client)
  return client
}

/**
 * Gives the client for a provider: made with the first call, kept, and made anew only when the provider's metadata has
 * changed. Metadata is read again after an hour, keys when one is unknown or five minutes have passed; either at most
 * once a minute, and a copy of up to a day serves while the provider cannot be reached (security.md, D).
 * @returns a function that throws PiasError `upstream.unavailable`: at once while the circuit breaker is open
 */
export const createConnection = (deps: OidcDeps): (() => Promise<Connection>) => {
  const { config, clock, logger } = deps
  const send = createBoundedHttp({ fetch: deps.fetch ?? globalThis.fetch, callMs: config.timeouts.callMs })
  const breaker = createCircuitBreaker({
    clock,
    onChange: state => logger.warn({ upstream: config.id, state }, 'circuit breaker'),
  })
  const http: SendRequest = (...call) => breaker.run(() => send(...call))

  const document = (name: string, freshMs: number, url: string, check: (body: string) => string = body => body) =>
    createCachedDocument({
      load: async () => {
        const reply = await http(url, { headers: { accept: 'application/json' } }, MAX_DOCUMENT_BYTES)
        if (reply.status === 200) return check(reply.body)
        throw new PiasError('upstream.unavailable', `${name} answered ${reply.status}`)
      },
      clock,
      freshness: { freshMs, retryMs: MINUTE_MS, staleMs: 24 * HOUR_MS },
      onFailure: (error, hasCopy) =>
        logger.warn({ upstream: config.id, name, hasCopy, detail: toLegError(error).detail }, 'refresh failed'),
    })

  const metadataText = document('metadata', HOUR_MS, metadataUrl(config.issuer), body =>
    JSON.stringify(parseMetadata(body, config.issuer)),
  )

  const connect = (metadata: ProviderMetadata): Connection => {
    const jwks = document('jwks', JWKS_FRESH_MS, metadata.jwks_uri)
    const relay = createRelay(metadata, { http, maxBytes: config.maxTokenBytes, jwks })
    return {
      client: createClient(deps, metadata, relay),
      hasUserinfo: metadata.userinfo_endpoint !== undefined,
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

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
import { createCachedDocument } from './cached-document.ts'
import type { ItsmeConfig } from './config.ts'
import { toUpstreamError } from './errors.ts'
import { createHttp, type Reply, type RequestOptions } from './http.ts'
import type { ItsmeKeys } from './keys.ts'
import { createTokenOpener } from './nested-token.ts'
import { metadataUrl, type ProviderMetadata, parseMetadata } from './provider-metadata.ts'

/** What talking to itsme needs. `fetch` is for all calls; the built-in one by default. */
export type ItsmeDeps = {
  readonly config: ItsmeConfig
  readonly keys: ItsmeKeys
  readonly clock: Clock
  readonly logger: Logger
  readonly fetch?: typeof globalThis.fetch
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A little less than the minute after which the library asks for keys again: it counts in whole seconds. */
const JWKS_FRESH_MS = 55_000
/** For itsme's public documents: far above what they measure. */
const MAX_DOCUMENT_BYTES = 65_536

type Call = (url: string, request: RequestOptions) => Promise<Response>

const respond = (reply: Reply, body: string, contentType: string): Response =>
  new Response(body, { status: reply.status, headers: { 'content-type': contentType } })

const parseObject = (body: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Stands between openid-client and the network. Tokens are decrypted here and reach the library as the JWS they must
 * hold: by itself it would also take a token that is not encrypted. For userinfo the media type is put right as well,
 * since itsme calls its JWT `application/json` (itsme.md, 6 and 9).
 */
const createRelay = (
  metadata: ProviderMetadata,
  endpoints: {
    send: (url: string, request: RequestOptions) => Promise<Reply>
    openToken: (jwe: string) => Promise<string>
    jwks: () => Promise<string>
  },
): Call => {
  const { send, openToken, jwks } = endpoints

  const token: Call = async (url, request) => {
    const reply = await send(url, request)
    const answer = reply.status === 200 ? parseObject(reply.body) : undefined
    if (typeof answer?.id_token !== 'string') return respond(reply, reply.body, reply.contentType)
    const idToken = await openToken(answer.id_token)
    return respond(reply, JSON.stringify({ ...answer, id_token: idToken }), reply.contentType)
  }

  const userinfo: Call = async (url, request) => {
    const reply = await send(url, request)
    if (reply.status !== 200) return respond(reply, reply.body, reply.contentType)
    return respond(reply, await openToken(reply.body.trim()), 'application/jwt')
  }

  return async (url, request) => {
    if (url === metadata.token_endpoint) return token(url, request)
    if (url === metadata.userinfo_endpoint) return userinfo(url, request)
    if (url === metadata.jwks_uri)
      return new Response(await jwks(), { headers: { 'content-type': 'application/json' } })
    throw new PiasError('upstream.invalid_response', 'a call to an endpoint nobody announced')
  }
}

/**
 * openid-client's configuration for itsme: RS256 only, signatures always verified, and a client assertion addressed to
 * the token URL, where the library would address the issuer (itsme.md, 3 and 9).
 */
const createClient = ({ config, keys, clock }: ItsmeDeps, metadata: ProviderMetadata, relay: Call): Configuration => {
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

/**
 * Gives openid-client's configuration for itsme: made with the first call, kept, and made anew only when itsme's
 * metadata has changed. Metadata is read again after an hour, its keys when a key is unknown or five minutes have
 * passed; either at most once a minute, and a copy of up to a day serves while itsme cannot be reached (security.md, D).
 */
export const createConnection = (deps: ItsmeDeps): (() => Promise<Configuration>) => {
  const { config, keys, clock, logger } = deps
  const http = createHttp({ fetch: deps.fetch ?? globalThis.fetch, callMs: config.timeouts.callMs })
  const openToken = createTokenOpener({
    keys: keys.decryption,
    allowed: config.allowedEncryption,
    maxBytes: config.maxTokenBytes,
  })

  const document = (name: string, freshMs: number, url: string, check: (body: string) => string = body => body) =>
    createCachedDocument({
      load: async () => {
        const reply = await http(url, { headers: { accept: 'application/json' } }, MAX_DOCUMENT_BYTES)
        if (reply.status === 200) return check(reply.body)
        throw new PiasError('upstream.unavailable', `${name} answered ${reply.status}`)
      },
      clock,
      freshMs,
      retryMs: MINUTE_MS,
      staleMs: 24 * HOUR_MS,
      onFailure: (error, hasCopy) =>
        logger.warn({ upstream: config.id, name, hasCopy, detail: toUpstreamError(error).detail }, 'refresh failed'),
    })

  const metadata = document('metadata', HOUR_MS, metadataUrl(config.issuer), body =>
    JSON.stringify(parseMetadata(body, config.issuer)),
  )

  const connect = (metadata: ProviderMetadata): Configuration => {
    const jwks = document('jwks', JWKS_FRESH_MS, metadata.jwks_uri)
    const send = (url: string, request: RequestOptions) => http(url, request, config.maxTokenBytes)
    return createClient(deps, metadata, createRelay(metadata, { send, openToken, jwks }))
  }

  let current: { text: string; client: Configuration } | undefined
  return async () => {
    const text = await metadata()
    if (current?.text !== text) current = { text, client: connect(JSON.parse(text)) }
    return current.client
  }
}

import { lookup as systemLookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestOverHttp } from 'node:http'
import { request as requestOverHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { createNetworks, isInNetworks, isLoopback, isPublicAddress } from '#src/kernel/address-ranges.ts'

/** What may be called beside public https. */
export type CallableNetworks = {
  /** Networks in CIDR notation that are not public and may be called all the same. */
  readonly privateNetworks: readonly string[]
  /** Plain http, to this very machine: for development alone. */
  readonly loopbackHttp: boolean
  /** By the system's resolver unless given. */
  readonly resolve?: ResolveName | undefined
}

/** The addresses of a name. */
export type ResolveName = (hostname: string) => Promise<readonly { address: string; family: number }[]>

const HTTPS_ONLY = 'may be called by https only'

/** Whether the headers of an answer come, and then its body, in this time, in milliseconds. */
const CALL_MS = 2500

/** An address that was not called, or an answer that was not read; says no address, for whoever sees it may not know any. */
const refusal = (reason: string, code: string): Error => Object.assign(new Error(reason), { code })

const resolveBySystem: ResolveName = hostname => systemLookup(hostname, { all: true })

/**
 * Resolves a name for the socket that is about to be opened, and refuses unless every address may be called: what was
 * checked is what is connected to, so that a name which changes between two lookups gains nothing (DNS rebinding).
 */
const createCheckedLookup =
  (resolve: ResolveName, mayCall: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      found => {
        const first = found[0]
        if (first === undefined || !found.every(({ address }) => mayCall(address))) {
          callback(refusal('the address is not public', 'ERR_ADDRESS_NOT_ALLOWED'), '', 0)
        } else if (options.all) callback(null, found as { address: string; family: number }[])
        else callback(null, first.address, first.family)
      },
      error => callback(error as NodeJS.ErrnoException, '', 0),
    )
  }

/** Ends with an error where the body has more bytes; the rest is not read. */
async function* bounded(body: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes) throw refusal('the answer is too large', 'ERR_ANSWER_TOO_LARGE')
    yield chunk
  }
}

const BODILESS = new Set([204, 205, 304])

/** What node:http answered, as fetch tells it. @throws Error `ERR_ANSWER_INVALID` for a status that is none */
const toResponse = (answer: IncomingMessage, maxBytes: number): Response => {
  const { statusCode: status = 0 } = answer
  if (status < 200 || status > 599) throw refusal('the answer is no HTTP', 'ERR_ANSWER_INVALID')
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) headers.set(name, [value ?? ''].flat().join(', '))
  const body = BODILESS.has(status) ? null : ReadableStream.from(bounded(answer, maxBytes))
  return new Response(body as BodyInit | null, { status, headers })
}

/**
 * A fetch for addresses that a client chose (its keys, where it is told of logouts): https to public addresses, unless
 * told otherwise; no redirect is followed, no proxy asked, nothing kept open; bounded in time and size.
 * @param options.maxBytes of an answer
 * @throws Error with `code`: `ERR_ADDRESS_NOT_ALLOWED` where nothing was sent, `ERR_ANSWER_TOO_LARGE`, or Node's
 */
export const createGuardedFetch = (
  options: CallableNetworks & { readonly maxBytes: number },
): ((url: string, init?: RequestInit) => Promise<Response>) => {
  const { privateNetworks, loopbackHttp, maxBytes, resolve = resolveBySystem } = options
  const allowed = createNetworks(privateNetworks)
  const isAllowed = (address: string) => isPublicAddress(address) || isInNetworks(allowed, address)

  const guardFor = (url: URL): ((address: string) => boolean) => {
    if (url.protocol === 'https:') return address => isAllowed(address) || (loopbackHttp && isLoopback(address))
    if (url.protocol === 'http:' && loopbackHttp) return isLoopback
    throw refusal(HTTPS_ONLY, 'ERR_ADDRESS_NOT_ALLOWED')
  }

  return async (address, init = {}) => {
    const url = new URL(address)
    const mayCall = guardFor(url)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // An address is not looked up by the socket, so it is checked here.
    if (isIP(host) !== 0 && !mayCall(host)) throw refusal('the address is not public', 'ERR_ADDRESS_NOT_ALLOWED')
    const { method = 'GET', headers, body } = init
    const text = body === undefined || body === null ? undefined : `${body}`
    const signal = AbortSignal.any([AbortSignal.timeout(CALL_MS), ...(init.signal ? [init.signal] : [])])
    const send = url.protocol === 'https:' ? requestOverHttps : requestOverHttp
    const sent = {
      ...Object.fromEntries(new Headers(headers)),
      ...(text !== undefined && { 'content-length': `${Buffer.byteLength(text)}` }),
    }
    return new Promise<Response>((resolved, reject) => {
      const lookup = createCheckedLookup(resolve, mayCall)
      const request = send(url, { method, headers: sent, signal, lookup, agent: false }, answer => {
        try {
          resolved(toResponse(answer, maxBytes))
        } catch (error) {
          answer.destroy()
          reject(error as Error)
        }
      })
      request.once('error', reject)
      request.end(text)
    })
  }
}

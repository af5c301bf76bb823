import { request as requestOverHttp } from 'node:http'
import { request as requestOverHttps } from 'node:https'
import type { RequestOptions } from './bounded-http.ts'

/** An answer whose body comes in pieces, as fetch's does. */
type StreamedReply = {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/** The part of fetch that calls to an upstream are made of. */
export type Fetch = (
  url: string,
  request: RequestOptions & { readonly redirect: 'manual'; readonly signal: AbortSignal },
) => Promise<StreamedReply>

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8'

const bodyHeaders = (body: RequestOptions['body'], text: string | undefined) => ({
  ...(typeof body === 'object' && { 'content-type': FORM }),
  ...(text !== undefined && { 'content-length': Buffer.byteLength(text) }),
})

const headerText = (value: string | string[] | undefined): string | null =>
  value === undefined ? null : [value].flat().join(', ')

/**
 * Takes the place of fetch, which costs two to three times the CPU of node:http for the same call. Never follows a
 * redirect, asks for no compression, keeps connections open and gives up idle ones before the server does.
 * @throws what node:http throws, and the signal's error
 */
export const httpFetch: Fetch = (url, { method = 'GET', headers = {}, body, signal }) =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestOverHttps : requestOverHttp
    const text = body?.toString()
    const request = send(url, { method, headers: { ...headers, ...bodyHeaders(body, text) }, signal }, response =>
      resolve({
        status: response.statusCode ?? 0,
        headers: { get: name => headerText(response.headers[name]) },
        body: response,
      }),
    )
    request.once('error', reject)
    request.end(text)
  })

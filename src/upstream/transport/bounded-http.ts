import { PiasError } from '#src/kernel/errors.ts'
import type { Fetch } from './http-fetch.ts'

/** An answer read whole: of bounded size, text, and not yet believed. */
export type Reply = { readonly status: number; readonly contentType: string; readonly body: string }

/** What a request may carry; a subset of fetch's. */
export type RequestOptions = {
  readonly method?: string
  readonly headers?: Record<string, string>
  /** A form, or text whose type a header tells. */
  readonly body?: URLSearchParams | string
}

/** Sends one request; the answer may have `maxBytes`. */
export type SendRequest = (url: string, request: RequestOptions, maxBytes: number) => Promise<Reply>

/** Counts every chunk, whatever length the answer told. */
const readBody = async (response: Awaited<ReturnType<Fetch>>, maxBytes: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * Calls an upstream's endpoint once, within a time and a size. Never follows a redirect, never tries again: a code is
 * exchanged once or not at all, and credentials go where the metadata says and nowhere else.
 * @param options.callMs time for the whole call, body included
 * @throws PiasError `upstream.unavailable` when there is no answer in time or the answer is a 5xx or 429;
 *   `upstream.invalid_response` when it is larger than `maxBytes`
 */
export const createBoundedHttp = (options: { fetch: Fetch; callMs: number }): SendRequest => {
  const { fetch, callMs } = options

  const call = async (url: string, request: RequestOptions, maxBytes: number) => {
    try {
      const response = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(callMs) })
      return { response, body: await readBody(response, maxBytes) }
    } catch (error) {
      // The reason only: fetch's own error may hold the request.
      const cause = new Error(error instanceof Error ? error.name : 'unknown')
      throw new PiasError('upstream.unavailable', `${new URL(url).pathname} did not answer`, { cause })
    }
  }

  return async (url, request, maxBytes) => {
    const { response, body } = await call(url, request, maxBytes)
    const { pathname } = new URL(url)
    if (body === undefined) {
      throw new PiasError('upstream.invalid_response', `${pathname} answered more than is allowed`)
    }
    if (response.status >= 500 || response.status === 429) {
      throw new PiasError('upstream.unavailable', `${pathname} answered ${response.status}`)
    }
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', body }
  }
}

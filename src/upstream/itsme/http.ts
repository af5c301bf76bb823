import { PiasError } from '#src/kernel/errors.ts'

/** An answer read whole: small, text, and not yet believed. */
export type Reply = { readonly status: number; readonly contentType: string; readonly body: string }

/** What a request may carry; a subset of fetch's. */
export type RequestOptions = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: URLSearchParams
}

const tooLarge = (url: string): PiasError =>
  new PiasError('upstream.invalid_response', `${new URL(url).pathname} answered more than is allowed`)

const readCounted = async (response: Response, url: string, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(url)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** A declared length is kept to by the HTTP parser, unless the body is compressed; else every chunk is counted. */
const readBody = async (response: Response, url: string, maxBytes: number): Promise<string> => {
  const declared = response.headers.get('content-length')
  if (declared === null || response.headers.has('content-encoding')) return readCounted(response, url, maxBytes)
  if (Number(declared) <= maxBytes) return response.text()
  await response.body?.cancel()
  throw tooLarge(url)
}

/**
 * Calls an endpoint once, within a time and a size. Never follows a redirect, never tries again: a code is exchanged
 * once or not at all.
 * @param options.callMs time for the whole call, body included
 * @throws PiasError `upstream.unavailable` when there is no answer in time or the answer is a 5xx or 429;
 *   `upstream.invalid_response` when it is larger than `maxBytes`
 */
export const createHttp = (options: { fetch: typeof globalThis.fetch; callMs: number }) => {
  const { fetch, callMs } = options

  return async (url: string, request: RequestOptions, maxBytes: number): Promise<Reply> => {
    const path = new URL(url).pathname
    let reply: Reply
    try {
      const response = await fetch(url, {
        ...request,

        redirect: 'manual',
        signal: AbortSignal.timeout(callMs),
      })
      const contentType = response.headers.get('content-type') ?? ''
      reply = { status: response.status, contentType, body: await readBody(response, url, maxBytes) }
    } catch (error) {
      if (error instanceof PiasError) throw error
      // The reason only: fetch's own error may hold the request.
      const cause = new Error(error instanceof Error ? error.name : 'unknown')
      throw new PiasError('upstream.unavailable', `${path} did not answer`, { cause })
    }
    if (reply.status >= 500 || reply.status === 429) {
      throw new PiasError('upstream.unavailable', `${path} answered ${reply.status}`)
    }
    return reply
  }
}

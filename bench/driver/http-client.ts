import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type HttpAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
export type HttpClient = {
  /** Sends one request; redirects are left to the caller. Rejects on a broken connection: nothing is retried. */
  send(url: URL, options?: { headers?: Record<string, string>; form?: URLSearchParams }): Promise<HttpAnswer>
  close(): void
}

/** Creates a keep-alive client with at most `connections` sockets per server. */
export const createHttpClient = (connections: number): HttpClient => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: (url, { headers = {}, form } = {}) =>
      new Promise((resolve, reject) => {
        const body = form?.toString()
        const sent = request(url, {
          agent,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            ...headers,
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
          },
        })
        sent.on('error', reject)
        sent.on('response', answer => {
          const { statusCode = 0, headers: received } = answer
          text(answer).then(body => resolve({ status: statusCode, headers: received, body }), reject)
        })
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}

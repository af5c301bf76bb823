import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** A request as it came in over the wire. */
export type SeenRequest = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

/**
 * Watches the requests that a server of this process is sent, on the wire and without touching it: Node publishes every
 * one of them.
 * @param origin of the server
 */
export const watchRequests = (origin: string) => {
  const { host } = new URL(origin)
  const seen: SeenRequest[] = []
  const note = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage }
    if (request.headers.host !== host) return
    const { method = '', url = '', headers } = request
    seen.push({ method, path: url.split('?')[0] ?? '', headers: { ...headers } })
  }
  subscribe('http.server.request.start', note)
  return {
    seen: seen as readonly SeenRequest[],
    count: (path: string): number => seen.filter(request => request.path === path).length,
    stop: () => unsubscribe('http.server.request.start', note),
  }
}

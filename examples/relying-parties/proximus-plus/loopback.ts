import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How long somebody may take to log in, in milliseconds. */
const PATIENCE_MS = 10 * 60_000

/**
 * Listens for one callback, on any free port of loopback (RFC 8252, 7.3): the place that a native app has on a computer.
 * On a phone the operating system gives the app's own https address to the app instead (7.2).
 * @param answer of the callback: where the browser goes on; told its query with the question mark
 * @returns the redirect URI
 */
export const listenOnLoopback = async (answer: (query: string) => Promise<string>): Promise<string> => {
  const handle: RequestListener = async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (request.method !== 'GET' || pathname !== '/callback') return void response.writeHead(404).end()
    response.writeHead(303, { Location: await answer(search), 'Cache-Control': 'no-store' }).end()
    close()
  }
  const server = createServer((request, response) => void handle(request, response))
  const close = (): void => {
    clearTimeout(timer)
    server.close()
  }
  const timer = setTimeout(close, PATIENCE_MS).unref()
  server.unref()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpBrowser } from './http-browser.ts'

/** Serves over plain HTTP what is behind a certificate that only the tests trust. */
export type KeyProxy = { readonly url: string; close(): Promise<void> }

/** The simulator fetches PIAS's keys with ordinary trust; this lets it reach a PIAS with a certificate of the tests. */
export const startKeyProxy = async (target: string, ca: string): Promise<KeyProxy> => {
  const browser = createHttpBrowser({ ca })
  const server = createServer((_request, response) => {
    void browser.get(target, { accept: 'application/json' }).then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
      () => response.writeHead(502).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

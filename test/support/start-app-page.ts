import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'

/** An app as far as a browser sees it that is sent back there: any address answers with a page. */
export type AppPage = {
  readonly redirectUri: string
  /** Waits until the browser is there; what it brought along. */
  arrival(page: Page): Promise<URLSearchParams>
  close(): void
}

/** Listens on a free port of loopback. */
export const startAppPage = async (): Promise<AppPage> => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>App</title>the app'),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return {
    redirectUri,
    arrival: async page => {
      await page.waitForURL(url => url.href.startsWith(redirectUri))
      return new URL(page.url()).searchParams
    },
    close: () => server.close(),
  }
}

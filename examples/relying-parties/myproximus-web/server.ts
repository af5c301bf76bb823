import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMyProximus } from './app.ts'
import type { RelyingPartyOptions } from './relying-party.ts'

/** `port` 0 takes any free one; the registered redirect URIs follow `baseUrl`. */
export type MyProximusOptions = RelyingPartyOptions & {
  readonly port: number
  readonly host: string
  readonly onError?: (error: unknown) => void
}

/** A running sample. `close` ends open connections too. */
export type RunningMyProximus = { readonly url: string; readonly port: number; close(): Promise<void> }

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop what runs there, or choose another port with MYPROXIMUS_PORT',
  EACCES: 'may not be used by this user: choose one above 1023 with MYPROXIMUS_PORT',
}

/**
 * Starts MyProximus; the provider need not run yet.
 * @throws Error with one readable line when the port cannot be used
 */
export const startMyProximus = async (options: MyProximusOptions): Promise<RunningMyProximus> => {
  const server = createServer(createMyProximus(options).callback())
  try {
    server.listen(options.port, options.host)
    await once(server, 'listening')
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? '']
    throw new Error(`MyProximus: port ${options.port} ${reason ?? `cannot be used: ${(error as Error).message}`}`, {
      cause: error,
    })
  }
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url: options.baseUrl, port: (server.address() as AddressInfo).port, close }
}

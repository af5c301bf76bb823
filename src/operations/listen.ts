import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { PiasError } from '#src/kernel/errors.ts'

/** Where to listen. Without a host: both loopback addresses when `loopback`, else all addresses. */
export type ListenOptions = {
  readonly port: number
  readonly host?: string | undefined
  readonly loopback: boolean
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined
}

/** A node that serves. `close` stops taking connections, lets running requests end, and cuts them off at the deadline. */
export type Listening = { readonly port: number; close(deadlineMs: number): Promise<void> }

const LIMITS = { maxHeaderSize: 16_384, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 }

const CLOSE_IDLE_EVERY_MS = 50

const readTls = (tls: NonNullable<ListenOptions['tls']>) => {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file)
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
      throw new PiasError('config.unreadable', `cannot read ${file} (${reason})`, { cause })
    }
  }
  const pair = { cert: read(tls.certFile), key: read(tls.keyFile) }
  try {
    createSecureContext(pair)
  } catch (cause) {
    const files = `${tls.certFile} and ${tls.keyFile}`
    throw new PiasError('config.invalid', `server.tls: ${files} are no certificate and its key, in PEM`, { cause })
  }
  return { ...pair, minVersion: 'TLSv1.2' as const }
}

const explain = (cause: NodeJS.ErrnoException, port: number): Error => {
  if (cause.code === 'EADDRINUSE') {
    return new PiasError('server.port_taken', `port ${port} is taken: stop what runs there or set PIAS_PORT`, { cause })
  }
  if (cause.code === 'EACCES') {
    return new PiasError('server.port_forbidden', `no right to listen on port ${port}: choose one above 1023`, {
      cause,
    })
  }
  return cause
}

const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN']

/** @returns the port that was bound, or undefined where the machine has no such address */
const bind = async (server: Server, port: number, host: string | undefined): Promise<number | undefined> => {
  try {
    server.listen(host === undefined ? { port } : { port, host })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (NO_SUCH_ADDRESS.includes(code ?? '')) return undefined
    throw explain(error as NodeJS.ErrnoException, port)
  }
}

const closeAll = async (servers: readonly Server[], deadlineMs: number): Promise<void> => {
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, deadlineMs)
  // A connection that was busy is kept open for its next request, which nobody would answer.
  const tidy = setInterval(() => {
    for (const server of servers) server.closeIdleConnections()
  }, CLOSE_IDLE_EVERY_MS)
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  clearInterval(tidy)
  clearTimeout(cut)
}

/**
 * Serves HTTP, or HTTPS when given a certificate.
 * @throws PiasError `server.port_taken`, `server.port_forbidden`, `config.unreadable` and `config.invalid` for a certificate
 *   or a host that this machine does not have
 */
export const listen = async (handle: RequestListener, options: ListenOptions): Promise<Listening> => {
  const { tls, loopback } = options
  const secrets = tls === undefined ? undefined : readTls(tls)
  const hosts = options.host === undefined && loopback ? ['127.0.0.1', '::1'] : [options.host]
  const servers: Server[] = []
  let port = options.port
  try {
    for (const host of hosts) {
      const server =
        secrets === undefined ? createServer(LIMITS, handle) : createTlsServer({ ...LIMITS, ...secrets }, handle)
      const bound = await bind(server, port, host)
      if (bound === undefined) continue
      port = bound
      servers.push(server)
    }
  } catch (error) {
    await closeAll(servers, 0)
    throw error
  }
  if (servers.length === 0)
    throw new PiasError('config.invalid', `server.host: this machine has no address ${options.host}`)
  return { port, close: deadlineMs => closeAll(servers, deadlineMs) }
}

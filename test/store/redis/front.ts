import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TestCertificate } from '#test/support/test-certificate.ts'

/** The first byte of a TLS record that begins a handshake (RFC 8446, 5.1). */
const HANDSHAKE = 22

/**
 * A port that speaks TLS for a server that may know none, and asks for a certificate of the same authority when `mutual`.
 * Who speaks no TLS there, as the servers of a group do among themselves, is passed on as he is: a server can so announce
 * this port to all.
 */
export const startFront = async (options: {
  port: number
  target: number
  certificate: TestCertificate
  mutual?: boolean
}) => {
  const { certificate, mutual = false } = options
  const sockets = new Set<Socket>()
  let secured = 0

  const keep = (one: Socket, other: Socket): void => {
    sockets.add(one)
    one.on('error', () => one.destroy())
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
  }
  const passOn = (client: Socket): void => {
    const upstream = connect(options.target, '127.0.0.1')
    keep(client, upstream)
    keep(upstream, client)
    client.pipe(upstream).pipe(client)
  }

  const { pem } = certificate
  const key = readFileSync(certificate.keyFile)
  const tls = createTlsServer({ cert: pem, key, ca: pem, requestCert: mutual, rejectUnauthorized: mutual }, socket => {
    secured++
    passOn(socket)
  })
  tls.on('tlsClientError', (_error, socket) => socket.destroy())
  const server = createServer(client => {
    // Also one that has said nothing, or is in its handshake: it must not keep this from ending.
    sockets.add(client)
    client.on('close', () => sockets.delete(client))
    client.on('error', () => client.destroy())
    client.once('data', chunk => {
      client.pause()
      client.unshift(chunk)
      if (chunk[0] === HANDSHAKE) tls.emit('connection', client)
      else passOn(client)
      process.nextTick(() => client.resume())
    })
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `rediss://127.0.0.1:${options.port}`,
    /** Connections over TLS so far. */
    secured: () => secured,
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** An app's endpoint for back-channel logouts, over a real socket. */
export type LogoutReceiver = {
  readonly url: string
  /** The claims of every token that came, each verified as Back-Channel Logout 1.0, 2.6 wants it. */
  readonly tokens: readonly JWTPayload[]
  /** What the endpoint answers from now on; `hang` never does. */
  answer: number | 'hang'
  /** How often it was called, whatever it answered. */
  calls(): number
  close(): Promise<void>
}

/** @param options.issuer told once PIAS runs */
export const startLogoutReceiver = async (
  clientId: string,
  options: { issuer: () => string },
): Promise<LogoutReceiver> => {
  const tokens: JWTPayload[] = []
  let calls = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', async () => {
      calls++
      if (receiver.answer === 'hang') return
      if (receiver.answer !== 200) return response.writeHead(receiver.answer).end()
      const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? ''
      const jwks = createRemoteJWKSet(new URL(`${options.issuer()}/jwks`))
      const checks = {
        issuer: options.issuer(),
        audience: clientId,
        typ: 'logout+jwt',
        requiredClaims: ['jti', 'iat', 'exp'],
      }
      const verified = await jwtVerify(token, jwks, checks).catch(() => undefined)
      if (verified === undefined || verified.payload.nonce !== undefined) return response.writeHead(400).end()
      tokens.push(verified.payload)
      response.writeHead(200).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: LogoutReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    tokens,
    answer: 200,
    calls: () => calls,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return receiver
}

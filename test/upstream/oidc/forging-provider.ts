import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { CLIENT_ID } from './support.ts'

type Claims = Record<string, unknown>

/** What is wrong with the provider's next answers; everything else is right. */
export type Forgery = {
  readonly metadata?: Claims
  readonly idToken?: Claims
  /** Replaces the ID token, given the right one; undefined leaves it out. */
  readonly rewrite?: (jwt: string, claims: JWTPayload) => Promise<string | undefined> | string | undefined
  readonly token?: Claims
  readonly userinfo?: Claims | string
  readonly callback?: Record<string, string | undefined>
  /** Answers a path with this status and nothing else. */
  readonly status?: Readonly<Record<string, number>>
  readonly padding?: number
}

const PERSON = { given_name: 'Mila', family_name: 'Desmet', birthdate: '1990-05-17' }

/** Left half of the SHA-256, as OIDC Core 3.1.3.6 has it, written apart from the code that is tested. */
const halfHash = (text: string): string =>
  createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url')

const sign = (claims: JWTPayload, key: CryptoKey, kid = 'one', alg = 'RS256'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key)

const readBody = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let body = ''
  for await (const chunk of request) body += chunk
  return new URLSearchParams(body)
}

export type ForgingProvider = Awaited<ReturnType<typeof startForgingProvider>>

/**
 * An OpenID provider written by hand, so that it can answer what no library would. Its person is Mila; ID tokens hold
 * no claims of hers, so userinfo is asked.
 */
export const startForgingProvider = async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] }
  let forgery: Forgery = {}
  let issuer = ''
  const nonces = new Map<string, string>()
  const counts = new Map<string, number>()

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    authorization_response_iss_parameter_supported: true,
    ...forgery.metadata,
  })

  const token = async (body: URLSearchParams) => {
    const now = Math.floor(Date.now() / 1000)
    const claims: JWTPayload = {
      iss: issuer,
      sub: 'mila',
      aud: CLIENT_ID,
      iat: now,
      exp: now + 300,
      nonce: nonces.get(body.get('code') ?? ''),
      at_hash: halfHash('access-token'),
      ...forgery.idToken,
    }
    const right = await sign(JSON.parse(JSON.stringify(claims)), privateKey)
    const idToken = forgery.rewrite === undefined ? right : await forgery.rewrite(right, claims)
    return { access_token: 'access-token', token_type: 'Bearer', expires_in: 60, id_token: idToken, ...forgery.token }
  }

  const answer = async (path: string, request: IncomingMessage): Promise<unknown> => {
    switch (path) {
      case '/.well-known/openid-configuration':
        return metadata()
      case '/jwks':
        return jwks
      case '/token':
      case '/moved/token':
        return token(await readBody(request))
      case '/userinfo':
        return forgery.userinfo ?? { sub: 'mila', ...PERSON }
      default:
        return undefined
    }
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host')
    counts.set(pathname, (counts.get(pathname) ?? 0) + 1)
    const status = forgery.status?.[pathname]
    if (status !== undefined) return response.writeHead(status, { location: 'https://other.example/' }).end()
    void answer(pathname, request).then(body => {
      response.setHeader('content-type', 'application/json')
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      response.end(text + ' '.repeat(pathname === '/token' ? (forgery.padding ?? 0) : 0))
    })
    return response
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    /** Signs anything with the provider's own key. */
    sign: (claims: JWTPayload) => sign(claims, privateKey),
    forge: (next: Forgery) => {
      forgery = next
      counts.clear()
    },
    count: (path: string) => counts.get(path) ?? 0,
    /** The browser's part: approves a request and says where it comes back. */
    approve: (redirectTo: URL): URL => {
      const query = redirectTo.searchParams
      const code = crypto.randomUUID()
      nonces.set(code, query.get('nonce') ?? '')
      const callback = new URL(query.get('redirect_uri') ?? '')
      const parameters = { code, state: query.get('state') ?? '', iss: issuer, ...forgery.callback }
      for (const [name, value] of Object.entries(parameters)) {
        if (value !== undefined) callback.searchParams.set(name, value)
      }
      return callback
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CompactEncrypt,
  calculateJwkThumbprint,
  compactDecrypt,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'
import { type Simulator, startSimulator } from '#examples/itsme-simulator/server.ts'

export const REDIRECT_URI = 'http://127.0.0.1:9/cb?tenant=1'
export const CLIENT_ID = 'PARTNER'

const makeKey = async (alg: string, use: 'sig' | 'enc') => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { modulusLength: 2048, extractable: true })
  const bare = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(bare)
  return { privateKey, kid, jwk: { ...bare, kid, use, alg } satisfies JWK }
}

/** A verifier and its challenge. */
export const pkce = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/**
 * A relying party written from itsme's documentation alone, without PIAS's connector: it can do everything right, and
 * any one thing wrong.
 */
export const startPartner = async () => {
  const [signing, encryption, stranger] = await Promise.all([
    makeKey('RS256', 'sig'),
    makeKey('RSA-OAEP-256', 'enc'),
    makeKey('RS256', 'sig'),
  ])
  const published = { keys: [signing.jwk, encryption.jwk] as JWK[], objects: new Map<string, string>() }
  const fetched: string[] = []
  const site = createServer(({ url = '/' }, response) => {
    fetched.push(url)
    const body = url === '/jwks' ? JSON.stringify({ keys: published.keys }) : published.objects.get(url)
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const client = {
    clientId: CLIENT_ID,
    redirectUris: [REDIRECT_URI],
    jwksUri: `${origin}/jwks`,
    requestUris: [`${origin}/request/`],
    serviceCodes: {
      LOGIN: { service: 'authentication' as const },
      IDENT: { service: 'identification' as const, redirectUris: ['http://127.0.0.1:9/ident'] },
      APPROVE: { service: 'confirmation' as const },
    },
  }
  const simulator: Simulator = await startSimulator({ port: 0, clients: [client, { ...client, clientId: 'OTHER' }] })
  const tokenUrl = `${simulator.issuer}/token`

  /** An authorization request that is right but for what is changed; `undefined` leaves a parameter out. */
  const authorize = async (changes: Record<string, string | undefined> = {}, more = ''): Promise<Response> => {
    const url = new URL(`${simulator.issuer}/authorization`)
    const parameters: Record<string, string | undefined> = {
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid service:LOGIN profile',
      state: 's-1',
      nonce: 'n-1',
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
      persona: 'lotte',
      ...changes,
    }
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
    return fetch(`${url.href}${more}`, { redirect: 'manual' })
  }

  const answerOf = (response: Response): Record<string, string> =>
    Object.fromEntries(new URL(response.headers.get('location') ?? 'none:').searchParams)

  const assertion = (claims: object = {}, header: object = {}, key = signing.privateKey): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    const payload = { iss: CLIENT_ID, sub: CLIENT_ID, aud: tokenUrl, jti: randomUUID(), exp: now + 60, ...claims }
    const given = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined))
    return new SignJWT(given).setProtectedHeader({ alg: 'RS256', kid: signing.kid, ...header }).sign(key)
  }

  /** A token request that is right but for what is changed. */
  const redeem = async (
    form: Record<string, string | undefined>,
  ): Promise<{ status: number; body: Record<string, string> }> => {
    const fields: Record<string, string | undefined> = {
      grant_type: 'authorization_code',
      redirect_uri: REDIRECT_URI,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'client_assertion' in form ? '' : await assertion(),
      ...form,
    }
    const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const response = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(given) })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }

  /** Approved code with its verifier. */
  const approve = async (changes: Record<string, string | undefined> = {}) => {
    const { verifier, challenge } = pkce()
    const { code = '' } = answerOf(await authorize({ code_challenge: challenge, ...changes }))
    return { code, code_verifier: verifier }
  }

  /** Publishes a request object; returns its address. */
  const publish = (path: string, object: string): string => {
    published.objects.set(path, object)
    return origin + path
  }

  /** Decrypts; the caller trusts the simulator's signature, which the connector's tests check. */
  const open = async (jwe: string) => {
    const { alg = '' } = decodeProtectedHeader(jwe)
    const key = await importJWK(await exportJWK(encryption.privateKey), alg)
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, key)
    return { header: protectedHeader, claims: decodeJwt(Buffer.from(plaintext).toString()) }
  }

  const requestObject = async (
    claims: object,
    options: { sign?: 'own' | 'stranger'; encrypt?: boolean; header?: object } = {},
  ) => {
    const jws = await new SignJWT({ iss: CLIENT_ID, aud: simulator.issuer, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: signing.kid })
      .sign(options.sign === 'stranger' ? stranger.privateKey : signing.privateKey)
    if (options.encrypt === false) return jws
    const { keys } = (await (await fetch(`${simulator.issuer}/jwkSet`)).json()) as { keys: JWK[] }
    const jwk = keys.find(({ use }) => use === 'enc') as JWK
    const header = { alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT', kid: jwk.kid ?? '' }
    return new CompactEncrypt(Buffer.from(jws))
      .setProtectedHeader({ ...header, ...options.header })
      .encrypt(await importJWK(jwk, header.alg))
  }

  const control = (action: string, body: object = {}): Promise<Response> =>
    fetch(`${simulator.origin}/_sim/${action}`, { method: 'POST', body: JSON.stringify(body) })

  return {
    simulator,
    tokenUrl,
    client,
    stranger,
    published,
    fetched,
    publish,
    encryptionKid: encryption.kid,
    authorize,
    answerOf,
    assertion,
    redeem,
    approve,
    open,
    requestObject,
    control,
    close: async () => {
      await simulator.close()
      site.close()
      site.closeAllConnections()
    },
  }
}

export type Partner = Awaited<ReturnType<typeof startPartner>>

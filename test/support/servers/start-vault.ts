import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An example of Vault's transit engine with one key, as its API documentation describes it. */
export type ExampleVault = {
  readonly url: string
  readonly keyName: string
  token: string
  /** Every request so far: method, path, and the namespace if one was asked. */
  readonly requests: { readonly method: string; readonly path: string; readonly namespace: string | undefined }[]
  rotate(): void
  /** What it does from now on: answers, is sealed, or takes requests and never answers. */
  become(state: 'unsealed' | 'sealed' | 'silent'): void
  close(): Promise<void>
}

type Body = { plaintext?: string; ciphertext?: string; associated_data?: string }

const bodyOf = async (request: IncomingMessage): Promise<Body> => {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : (JSON.parse(text) as Body)
}

const NONCE = 12
const TAG = 16

const encrypt = (key: Buffer, version: number, { plaintext = '', associated_data = '' }: Body): string => {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated_data, 'base64'))
  const sealed = [nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()]
  return `vault:v${version}:${Buffer.concat(sealed).toString('base64')}`
}

const decrypt = (key: Buffer, { ciphertext = '', associated_data = '' }: Body): string => {
  const sealed = Buffer.from(ciphertext.split(':')[2] ?? '', 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
  decipher.setAAD(Buffer.from(associated_data, 'base64')).setAuthTag(sealed.subarray(-TAG))
  const text = [decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]
  return Buffer.concat(text).toString('base64')
}

/** Starts one on a free port of loopback, with a first version of the key `pias`. */
export const startVault = async (): Promise<ExampleVault> => {
  const keys = [randomBytes(32)]
  const vault = { keyName: 'pias', token: 'hvs.synthetic-token', requests: [] as ExampleVault['requests'] }
  let state: Parameters<ExampleVault['become']>[0] = 'unsealed'

  const routes: Readonly<Record<string, (body: Body) => [number, object]>> = {
    [`GET /v1/transit/keys/${vault.keyName}`]: () => {
      return [200, { data: { type: 'aes256-gcm96', latest_version: keys.length, min_decryption_version: 1 } }]
    },
    [`POST /v1/transit/encrypt/${vault.keyName}`]: body => {
      const version = keys.length
      return [200, { data: { ciphertext: encrypt(keys[version - 1] as Buffer, version, body), key_version: version } }]
    },
    [`POST /v1/transit/decrypt/${vault.keyName}`]: body => {
      const key = keys[Number(/^vault:v(\d+):/.exec(body.ciphertext ?? '')?.[1]) - 1]
      if (key === undefined) return [400, { errors: ['invalid ciphertext: version is too new'] }]
      try {
        return [200, { data: { plaintext: decrypt(key, body) } }]
      } catch {
        return [400, { errors: ['cipher: message authentication failed'] }]
      }
    },
  }

  const answer = (request: IncomingMessage, body: Body): [number, object] => {
    if (state === 'sealed') return [503, { errors: ['Vault is sealed'] }]
    if (request.headers['x-vault-token'] !== vault.token) return [403, { errors: ['permission denied'] }]
    return routes[`${request.method} ${request.url}`]?.(body) ?? [404, { errors: [] }]
  }

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const namespace = request.headers['x-vault-namespace'] as string | undefined
    vault.requests.push({ method: request.method ?? '', path: request.url ?? '', namespace })
    if (state === 'silent') return
    const [status, value] = answer(request, body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(vault, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rotate: () => void keys.push(randomBytes(32)),
    become: (next: typeof state) => {
      state = next
    },
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}

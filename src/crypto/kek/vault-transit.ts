import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { PiasError } from '#src/kernel/errors.ts'
import type { VaultTransitConfig } from './config.ts'
import type { KeyEncryption } from './port.ts'

const answerSchema = {
  encrypt: z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:v') }) }),
  decrypt: z.object({ data: z.object({ plaintext: z.base64() }) }),
  key: z.object({ data: z.object({ latest_version: z.int().positive() }) }),
}

const REFUSED: Readonly<Record<number, string>> = {
  400: 'does not take it: the key may be of another type, or the data keys of another key-encryption key',
  403: 'refuses the token: it needs update on encrypt and decrypt, and read on the key',
  404: 'has no such key or engine: see kek.keyName and kek.mount',
}

/** What a header can carry. */
const TOKEN = /^[\x21-\x7e]+$/

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64')

/** Of `vault:v3:…`, 3. */
const versionOf = (wrapped: string): number => Number(/^vault:v(\d+):/.exec(wrapped)?.[1])

/**
 * A key-encryption key in the transit engine of HashiCorp Vault or OpenBao: the key never leaves it.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export const openVaultTransitKek = (config: VaultTransitConfig): KeyEncryption => {
  const { url, mount, keyName, namespace, timeoutMs, leaseSeconds } = config

  const readToken = async (): Promise<string> => {
    const { token, tokenFile = '' } = config
    if (token !== undefined) return token
    const text = await readFile(tokenFile, 'utf8').catch(cause => {
      throw new PiasError('config.unreadable', `cannot read ${tokenFile} (${cause.code}): see kek.tokenFile`, { cause })
    })
    const [read] = TOKEN.exec(text.trim()) ?? []
    if (read === undefined) {
      throw new PiasError('config.invalid', `${tokenFile} must hold a token and nothing else: see kek.tokenFile`)
    }
    return read
  }

  const call = async <Schema extends z.ZodType>(
    action: string,
    schema: Schema,
    body?: object,
  ): Promise<z.output<Schema>> => {
    const address = `${url.replace(/\/+$/, '')}/v1/${mount}/${action}/${keyName}`
    const fail = (what: string, code: 'store.unavailable' | 'store.unusable', cause?: unknown) =>
      new PiasError(code, `the key-encryption key: Vault at ${new URL(url).origin} ${what}`, { cause })
    const token = await readToken()
    let response: Response
    let answer: unknown
    try {
      response = await fetch(address, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          'X-Vault-Token': token,
          'X-Vault-Request': 'true',
          ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      answer = await response.json().catch(() => undefined)
    } catch (cause) {
      throw fail(`did not answer within ${timeoutMs} milliseconds`, 'store.unavailable', cause)
    }
    const refused = REFUSED[response.status]
    if (refused !== undefined) throw fail(`${refused} (${response.status})`, 'store.unusable')
    const parsed = schema.safeParse(answer)
    // Sealed, standby without forwarding, rate limited: all of them pass.
    if (!response.ok || !parsed.success) throw fail(`answered ${response.status}`, 'store.unavailable')
    return parsed.data
  }

  return {
    leaseSeconds,
    wrap: async (key, name) => {
      const body = { plaintext: base64(key), associated_data: base64(name) }
      return (await call('encrypt', answerSchema.encrypt, body)).data.ciphertext
    },
    unwrap: async (wrapped, name) => {
      if (Number.isNaN(versionOf(wrapped))) {
        const detail =
          'the data keys were wrapped with another kind of key-encryption key than vault-transit: see kek.kind'
        throw new PiasError('store.unusable', detail)
      }
      const body = { ciphertext: wrapped, associated_data: base64(name) }
      return Buffer.from((await call('decrypt', answerSchema.decrypt, body)).data.plaintext, 'base64')
    },
    isOutdated: async wrapped => versionOf(wrapped) < (await call('keys', answerSchema.key)).data.latest_version,
  }
}

import { readFile } from 'node:fs/promises'
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'openid-client'
import { PiasError } from '#src/kernel/errors.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { OidcConfig } from './config.ts'
import { type ClientKeys, openClientKeys } from './keys.ts'

/**
 * How this client proves itself at a token endpoint, given that endpoint's URL; `publicJwks` where the upstream has
 * something to fetch.
 */
export type ClientAuthentication = {
  readonly authenticate: (tokenEndpoint: string) => ClientAuth
  readonly publicJwks?: ClientKeys['publicJwks']
}

type Config = OidcConfig['authentication']
type SecretConfig = Exclude<Config, { method: 'private_key_jwt' }>

const secretOf = async (id: string, { secret, secretFile }: SecretConfig): Promise<string> => {
  if (secretFile === undefined) return secret ?? ''
  const place = `upstreams.${id}.authentication.secretFile`
  let text: string
  try {
    text = (await readFile(secretFile, 'utf8')).trim()
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw new PiasError('config.unreadable', `${place}: cannot read the file (${reason})`, { cause })
  }
  if (text === '') throw new PiasError('config.invalid', `${place}: the file is empty`)
  return text
}

const withKey = (keys: ClientKeys, audience: 'issuer' | 'token_endpoint'): ClientAuthentication => ({
  publicJwks: keys.publicJwks,
  authenticate: tokenEndpoint =>
    PrivateKeyJwt(keys.signing, {
      // The library addresses the issuer.
      [modifyAssertion]: (_header, payload) => {
        if (audience === 'token_endpoint') payload.aud = tokenEndpoint
      },
    }),
})

/**
 * Makes the configured client authentication ready: reads the secret's file, or finds or makes the key.
 * @throws PiasError `config.unreadable` or `config.invalid` for a secret file that is not one
 */
export const openClientAuthentication = async (
  { id, authentication }: Pick<OidcConfig, 'id' | 'authentication'>,
  keys: KeysPort,
): Promise<ClientAuthentication> => {
  if (authentication.method === 'private_key_jwt') {
    const { alg, audience } = authentication
    return withKey(await openClientKeys(keys, { name: `upstream.${id}`, alg }), audience)
  }
  const secret = await secretOf(id, authentication)
  const auth = authentication.method === 'client_secret_basic' ? ClientSecretBasic(secret) : ClientSecretPost(secret)
  return { authenticate: () => auth }
}

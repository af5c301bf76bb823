import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { createHttpClient, type HttpAnswer, type HttpClient } from './http-client.ts'

type Metadata = Record<'authorization_endpoint' | 'token_endpoint' | 'userinfo_endpoint' | 'jwks_uri', string> & {
  grant_types_supported: readonly string[]
}

/** A provider under test as its discovery document and JWKS describe it. */
export type ProviderDescription = {
  readonly issuer: string
  readonly metadata: Metadata
  readonly keys: ReturnType<typeof createLocalJWKSet>
}

/** Fails the benchmark with what came instead of the expected answer. */
export const unexpected = (what: string, { status, headers, body }: HttpAnswer): Error & { status: number } =>
  Object.assign(new Error(`${what}: unexpected ${status} ${headers.location ?? ''}\n${body.slice(0, 500)}`), { status })

/** GETs a JSON document. @throws Error unless the answer is 200 */
export const readJson = async <T>(http: HttpClient, url: string, headers: Record<string, string> = {}): Promise<T> => {
  const answer = await http.send(new URL(url), { headers })
  if (answer.status !== 200) throw unexpected(url, answer)
  return JSON.parse(answer.body) as T
}

/** Reads metadata and keys, once, before anything is measured (OIDC Discovery 4). */
export const describeProvider = async (issuer: string): Promise<ProviderDescription> => {
  const http = createHttpClient(1)
  try {
    const metadata = await readJson<Metadata>(http, `${issuer}/.well-known/openid-configuration`)
    return { issuer, metadata, keys: createLocalJWKSet(await readJson<JSONWebKeySet>(http, metadata.jwks_uri)) }
  } finally {
    http.close()
  }
}

import type { Client } from '#bench/driver/relying-party.ts'
import { freePort } from '#bench/processes/free-port.ts'
import type { Clients } from './server.ts'

/** Where a server is going to be, and who its clients are there and at the upstream. */
export type Plan = {
  readonly port: number
  readonly issuer: string
  readonly upstreamClientId: string
  readonly clients: Clients
}

/** Never requested: the driver stops there. */
const REDIRECT_URI = 'http://127.0.0.1:1/relying-party/callback'

const client = (clientId: string, scope: string, prompt?: string): Client => ({
  clientId,
  clientSecret: `${clientId}-secret-of-no-worth`,
  redirectUri: REDIRECT_URI,
  scope,
  ...(prompt === undefined ? {} : { prompt }),
})

/**
 * Plans one server. Without `prompt=consent` a bare oidc-provider gives no refresh token (OIDC Core 11); PIAS does, for
 * its consent is by contract.
 */
export const planServer = async (upstreamClientId: string, kind: 'baseline' | 'pias'): Promise<Plan> => {
  const port = await freePort()
  const scope = kind === 'pias' ? 'openid profile customer' : 'openid profile'
  return {
    port,
    issuer: `http://127.0.0.1:${port}`,
    upstreamClientId,
    clients: {
      login: client('bench-relying-party', scope),
      offline: client('bench-offline', `${scope} offline_access`, kind === 'pias' ? undefined : 'consent'),
      machine: client('bench-machine', ''),
    },
  }
}

/** RFC 7591 names, for the baseline's configuration and for PIAS's client files alike. */
const metadata = ({ clientId, clientSecret, redirectUri }: Client, grantTypes: readonly string[]) => ({
  client_id: clientId,
  client_secret: clientSecret,
  client_name: 'Benchmark',
  redirect_uris: [redirectUri],
  grant_types: grantTypes,
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
})

/** The metadata of each client. */
export const metadataOf = ({ login, offline, machine }: Clients) => ({
  login: metadata(login, ['authorization_code']),
  offline: metadata(offline, ['authorization_code', 'refresh_token']),
  machine: { ...metadata(machine, ['client_credentials']), redirect_uris: [], response_types: [] },
})

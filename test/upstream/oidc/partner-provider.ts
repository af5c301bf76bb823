import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import type { Context } from 'koa'
import Provider, { type Adapter, type AdapterPayload, type ClientMetadata } from 'oidc-provider'

/** A synthetic person as the partner knows one; `acr` and `amr` are of the login. */
export type PartnerPerson = {
  readonly claims: Record<string, unknown>
  readonly acr?: string
  readonly amr?: string[]
}

export type PartnerProvider = Awaited<ReturnType<typeof startPartnerProvider>>

const privateJwk = async (alg: string) => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg }
}

/** Keeps what it is given as long as the provider lives; the library's own would say at every start what it is not for. */
const memoryAdapter = (payloads: Map<string, AdapterPayload>): Adapter => {
  const byUid = (uid: string) => [...payloads.values()].find(payload => payload.uid === uid)
  return {
    find: async id => payloads.get(id),
    findByUid: async uid => byUid(uid),
    findByUserCode: async () => undefined,
    upsert: async (id, payload) => void payloads.set(id, payload),
    consume: async id => void payloads.set(id, { ...payloads.get(id), consumed: 1 }),
    destroy: async id => void payloads.delete(id),
    revokeByGrantId: async () => {},
  }
}

/** Logs in whoever the request names in `persona`, and refuses for `refuse`: no page, as if the person had clicked. */
const createInteraction = (provider: Provider, people: Readonly<Record<string, PartnerPerson>>) => {
  const grantFor = async (clientId: string, accountId: string, scope: string) => {
    const grant = new provider.Grant({ clientId, accountId })
    grant.addOIDCScope(scope)
    return grant.save()
  }
  return async (ctx: Context, next: () => Promise<unknown>) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    const { params } = await provider.interactionDetails(ctx.req, ctx.res)
    const { persona, client_id: clientId, scope } = params as Record<string, string>
    const person = people[persona ?? '']
    if (person === undefined) return provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' })
    const { acr, amr } = person
    await provider.interactionFinished(ctx.req, ctx.res, {
      login: {
        accountId: `${persona}`,
        ...(acr === undefined ? {} : { acr }),
        ...(amr === undefined ? {} : { amr }),
      },
      consent: { grantId: await grantFor(`${clientId}`, `${persona}`, `${scope}`) },
    })
  }
}

/**
 * A standard OpenID provider that knows nothing of PIAS: plain oidc-provider, with its own keys, clients and people.
 * Claims are given at userinfo only, as OIDC Core 5.4 has it.
 */
export const startPartnerProvider = async (people: Readonly<Record<string, PartnerPerson>>) => {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {}
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = await Promise.all(['RS256', 'ES256'].map(privateJwk))

  const payloads = new Map<string, AdapterPayload>()

  /** Makes the provider anew with these clients: who they are is known only once PIAS runs. */
  const register = (clients: ClientMetadata[]): void => {
    const provider = new Provider(issuer, {
      adapter: () => memoryAdapter(payloads),
      clients,
      jwks: { keys: keys as never },
      cookies: { keys: ['synthetic cookie key'] },
      acrValues: ['urn:partner:plain', 'urn:partner:strong'],
      claims: {
        openid: ['sub', 'acr', 'amr', 'auth_time'],
        profile: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale'],
        email: ['email', 'email_verified'],
        phone: ['phone_number', 'phone_number_verified'],
        address: ['address'],
      },
      extraParams: ['persona'],
      features: { devInteractions: { enabled: false } },
      enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'RS256'] },
      // Without the library's guard against addresses of this machine, where PIAS is.
      fetch: (url, options) => fetch(url, { headers: options?.headers ?? {}, signal: options?.signal ?? null }),
      findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id]?.claims }) }),
      pkce: { required: () => true },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
      renderError: (ctx, out) => {
        ctx.type = 'text/plain'
        ctx.body = JSON.stringify(out)
      },
    })
    provider.use(createInteraction(provider, people))
    handle = provider.callback()
  }
  register([])

  return {
    issuer,
    register,
    /** Lets the logins of all sessions be so many seconds older. */
    ageSessions: (seconds: number): void => {
      for (const payload of payloads.values()) if (payload.loginTs !== undefined) payload.loginTs -= seconds
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

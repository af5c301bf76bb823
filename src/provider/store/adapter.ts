import { randomBytes } from 'node:crypto'
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { type ClientMetadata, usesSecret } from '#src/clients/client-metadata.ts'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import { toProviderClient } from '#src/provider/client-payload.ts'
import type { RegisteredClients } from '#src/provider/registration/registered-clients.ts'
import type { LimitRequests } from '#src/provider/request-limits.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { ReadAhead } from './read-ahead.ts'
import type { Redemptions } from './redemption.ts'
import type { RefreshSuccession } from './refresh-succession.ts'
import { asUnavailable } from './unavailable.ts'

/** What was ended must not revive, so it is kept where nothing is lost. */
const DURABLE_MODELS = new Set(['Grant', 'RefreshToken', 'InitialAccessToken', 'RegistrationAccessToken'])

/** What is worth as much as its grant and its account are, where the library asks for both next. */
const HANG_ON_GRANTS = new Set(['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken'])
const GRANTS_ASKED_AT = new Set(['token', 'userinfo'])

/**
 * How long the losers of a race for one code or refresh token are only refused. Later, reuse means theft and revokes
 * the grant (RFC 9700, 2.2.2 and 4.14.2; ADR 0004). A refresh token's answer may be asked for again (ADR 0027).
 */
const RACE_WINDOW_MS = 1000

/** Grants are found again by whose they are: a person sees where they are logged in. */
const uidOf = (model: string, payload: AdapterPayload) => (model === 'Grant' ? payload.accountId : payload.uid)

const indexesOf = (payload: AdapterPayload, uid: string | undefined) => ({
  ...(payload.grantId === undefined ? {} : { grantId: payload.grantId }),
  ...(uid === undefined ? {} : { uid }),
  ...(payload.userCode === undefined ? {} : { userCode: payload.userCode }),
})

/** One answer for all who lose a race for a code or refresh token. */
const redeemedElsewhere = () => new errors.InvalidGrant('already redeemed by a parallel request')

type ArtifactDeps = {
  readonly clock: Clock
  readonly redemptions: Redemptions
  readonly succession: RefreshSuccession
  readonly expect: ReadAhead['expect']
}

const artifactAdapter = (
  model: string,
  artifacts: ArtifactsPort,
  { clock, redemptions, succession, expect }: ArtifactDeps,
): Adapter => {
  type Found = Awaited<ReturnType<ArtifactsPort['find']>>

  const toPayload = (found: Found): AdapterPayload | undefined => {
    if (found === undefined) return undefined
    const { consumedAt } = found
    const payload = found.payload as AdapterPayload
    if (consumedAt === undefined) return payload
    const racing = Provider.ctx?.oidc.route === 'token' && clock() - consumedAt < RACE_WINDOW_MS
    return racing ? undefined : { ...payload, consumed: Math.floor(consumedAt / 1000) }
  }

  /** Whether this is a refresh token that is still good for the answer it was spent for. */
  const isAskedAgain = async (id: string, found: Found): Promise<boolean> =>
    model === 'RefreshToken' && found?.consumedAt !== undefined && succession.mayAskAgain(id, found)

  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const found = await artifacts.find(model, id)
    const route = Provider.ctx?.oidc.route ?? ''
    if (HANG_ON_GRANTS.has(model) && GRANTS_ASKED_AT.has(route)) expect((found?.payload ?? {}) as AdapterPayload)
    const again = route === 'token' && (await isAskedAgain(id, found))
    return again ? (found?.payload as AdapterPayload) : toPayload(found)
  }

  const consumeNow = async (id: string): Promise<boolean> =>
    (await artifacts.consume(model, id)) || isAskedAgain(id, await artifacts.find(model, id))

  return {
    upsert: async (id, payload, expiresIn) => {
      const write = () =>
        artifacts.upsert(model, id, payload as Json, expiresIn ?? 0, indexesOf(payload, uidOf(model, payload)))
      const settled = await write()
        .then(() => redemptions.settle(model))
        .catch(asUnavailable)
      if (settled) return
      await artifacts.destroy(model, id).catch(asUnavailable)
      throw redeemedElsewhere()
    },
    find: id => find(id).catch(asUnavailable),
    findByUid: uid => artifacts.findByUid(model, uid).then(toPayload, asUnavailable),
    findByUserCode: code => artifacts.findByUserCode(model, code).then(toPayload, asUnavailable),
    destroy: id => artifacts.destroy(model, id).catch(asUnavailable),
    revokeByGrantId: grantId => artifacts.revokeByGrantId(model, grantId).catch(asUnavailable),
    consume: async id => {
      const consume = () => artifacts.consume(model, id)
      if (await redemptions.begin(model, consume).catch(asUnavailable)) return
      if (!(await consumeNow(id).catch(asUnavailable))) throw redeemedElsewhere()
    },
  }
}

/** How clients are found, and those written that register; `refreshClients` learns what other nodes wrote. */
type ClientDeps = {
  findClient: (clientId: string) => ClientMetadata | undefined
  refreshClients: () => Promise<void>
  registered: RegisteredClients
  limitRequests: LimitRequests
}

const refuse = (): never => {
  throw new Error('nobody does that with a client')
}

const clientAdapter = ({ findClient, refreshClients, registered, limitRequests }: ClientDeps): Adapter => {
  // The library wants a secret of whoever proves itself with one, and compares it by ours (compare-secrets.ts). This one
  // is nobody's: at random, so that it is good for nothing where a secret would be a key.
  const noSecret = randomBytes(32).toString('base64url')
  return {
    find: async clientId => {
      // It may have been registered at another node a moment ago.
      if (findClient(clientId) === undefined) await refreshClients()
      const client = findClient(clientId)
      if (client === undefined) return undefined
      limitRequests('client', clientId)
      return { ...toProviderClient(client), ...(usesSecret(client) && { client_secret: noSecret }) } as AdapterPayload
    },
    upsert: registered.upsert,
    destroy: registered.destroy,
    consume: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    revokeByGrantId: refuse,
  }
}

/**
 * Lets oidc-provider keep its artifacts in our store: grants and refresh tokens durably, all else where it expires;
 * clients are read from the registry. The single use of codes and refresh tokens is the store's compare-and-set.
 */
export const createAdapter =
  (deps: ArtifactDeps & ClientDeps & { artifacts: ArtifactsPort; grants: ArtifactsPort }) =>
  (model: string): Adapter => {
    if (model === 'Client') return clientAdapter(deps)
    return artifactAdapter(model, DURABLE_MODELS.has(model) ? deps.grants : deps.artifacts, deps)
  }

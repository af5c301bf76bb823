import { importJWK, SignJWT } from 'jose'
import type Provider from 'oidc-provider'
import { createSendEvent } from '#src/app-events/send-event.ts'
import { createTellApps } from '#src/app-events/tell-apps.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { PrivateJwk } from '#src/crypto/key-ring/private-jwk.ts'
import type { WatchedKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import { inSigningOrder } from '#src/crypto/signing-keys.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Job } from '#src/kernel/runtime.ts'
import type { SendToApp } from '#src/messaging/delivery.ts'
import { type CallableNetworks, createGuardedFetch } from '#src/provider/outgoing/guarded-fetch.ts'
import { createSubjectIdentifier } from '#src/provider/subjects.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Answers to a push are read no further. */
const MAX_ANSWER_BYTES = 1024

/** What tells apps of acts on links: the way out, and the job that queues. */
export type AppEvents = { readonly sendToApp: SendToApp; readonly tellApps: Job }

/** Joins the audit trail, the subjects that apps know, the queue, and the guarded way to apps. */
export const composeAppEvents = async (deps: {
  issuer: string
  store: Store
  clients: Pick<ClientRegistry, 'find'>
  signing: WatchedKeyRing<PrivateJwk>
  callable: CallableNetworks
  currentProvider: () => Provider
  clock: Clock
}): Promise<AppEvents> => {
  const { issuer, store, clients, signing, currentProvider, clock } = deps
  const identify = createSubjectIdentifier({
    pairwiseSecret: await loadSecret(store.keys, 'pairwise'),
    findKnown: store.accounts.find,
  })
  const shared = { issuer, findClient: clients.find, clock }

  return {
    sendToApp: createSendEvent({
      ...shared,
      fetch: createGuardedFetch({ ...deps.callable, maxBytes: MAX_ANSWER_BYTES }),
      sign: async (claims, alg, typ) => {
        const jwk = inSigningOrder(signing.keys()).find(key => key.alg === alg)
        if (jwk === undefined) throw new PiasError('server.failed', `no key signs ${alg}`)
        return new SignJWT(claims).setProtectedHeader({ alg, typ, kid: jwk.kid }).sign(await importJWK(jwk, alg))
      },
    }),
    tellApps: createTellApps({
      ...store,
      ...shared,
      subjectAt: async (accountId, clientId) => {
        const client = await currentProvider().Client.find(clientId)
        return client && identify(undefined as never, accountId, client)
      },
    }),
  }
}

import type { Middleware } from 'koa'
import { createAccountAccess } from '#src/accounts/account-access.ts'
import { createConsents } from '#src/accounts/consents.ts'
import type { Passkeys } from '#src/accounts/credentials/passkeys.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { Config } from '#src/config/schema.ts'
import { loadSecret } from '#src/crypto/load-secret.ts'
import type { PageResponder } from '#src/http/page-responder.ts'
import type { Clock, Job, Logger } from '#src/kernel/runtime.ts'
import type { PutOffRecords } from '#src/linking/put-off-records.ts'
import type { PageUpstream } from '#src/pages/view-models.ts'
import { describeBrowser } from '#src/provider/sessions/device-of.ts'
import type { OwnLogins } from '#src/provider/sessions/own-logins.ts'
import type { AcceptsMethods } from '#src/rollout/accepted-methods.ts'
import { ACCOUNT_CLIENT_ID, createAuthorizationUrl } from '#src/self-service/account-client.ts'
import { createAccountRoutes } from '#src/self-service/account-routes.ts'
import { createErasureGrace } from '#src/self-service/erasure-grace.ts'
import { BY_PERSON } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'

/** Joins the self-service pages: the account of whoever is logged in in the browser. */
export const composeAccount = async (deps: {
  config: Config
  store: Store
  clients: ClientRegistry
  logins: OwnLogins
  passkeys: Passkeys
  putOff: PutOffRecords
  pageUpstreams: ReadonlyMap<string, PageUpstream>
  acceptsMethods: AcceptsMethods
  responder: PageResponder
  clock: Clock
  logger: Logger
}): Promise<{ routes: Middleware; job: Job }> => {
  const { config, store, clients, logins, passkeys, putOff, pageUpstreams, acceptsMethods, responder, clock, logger } =
    deps
  const access = createAccountAccess({ ...store, clock })
  const grace = createErasureGrace({ ...store, access, clock, logger })
  return {
    routes: createAccountRoutes({
      ...store,
      issuer: config.issuer,
      // These pages are an app like any other: what it takes to log in to them it takes to use them.
      findLogin: async ctx => {
        const login = await logins.find(ctx)
        if (login === undefined || !(await acceptsMethods(ACCOUNT_CLIENT_ID, login.methods))) return undefined
        return { ...login, vouchedFor: login.methods.some(method => pageUpstreams.has(method)) }
      },
      passkeys,
      putOff,
      upstreamsOf: async accountId => {
        const issuers = (await store.linkChanges.identitiesOf(accountId)).map(({ issuer }) => issuer)
        return [...pageUpstreams].flatMap(([id, { name }]) =>
          issuers.includes(config.upstreams[id]?.issuer ?? '') ? [name] : [],
        )
      },
      deviceOf: ctx => describeBrowser(ctx.get('User-Agent')),
      listLogins: logins.list,
      endLogin: logins.end,
      endAllLogins: accountId => access.endLogins(accountId, { by: accountId, reason: BY_PERSON }),
      withdrawConsent: createConsents({ ...store, clock }).withdraw,
      grace,
      requestedErasure: grace.requested,
      appName: clientId => clients.find(clientId)?.client_name ?? clientId,
      noteEvents: store.audit.append,
      authorizationUrl: createAuthorizationUrl(config.issuer),
      show: (ctx, page, model) => responder.show(ctx, page, model),
      secret: await loadSecret(store.keys, 'account-forms'),
      clock,
    }),
    job: grace.job,
  }
}

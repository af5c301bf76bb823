import type { Configuration } from 'oidc-provider'
import type { ApiMetadata } from '#src/clients/api-metadata.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import { createIntrospection } from '#src/provider/apis/introspection.ts'
import { createResourceIndicators, type FindApi } from '#src/provider/apis/resource-servers.ts'
import { createDeviceFlow, type DevicePages } from '#src/provider/device/device-flow.ts'
import type { RegistrationPolicy } from '#src/provider/registration/register-client.ts'
import type { RegisteredClients, Registrations } from '#src/provider/registration/registered-clients.ts'
import { createRegistration } from '#src/provider/registration/registration-feature.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { createAssertClaims } from './claims-parameter.ts'
import { isFapi2 } from './client-assertions.ts'
import { mustUseNonce } from './dpop-nonces.ts'
import type { IsStillValid } from './find-account.ts'
import { createLogoutFeature, type LogoutPages } from './logout.ts'
import { assertRequestObject } from './request-objects.ts'
import type { IdentityAssurances } from './verified-claims.ts'

/** What of oidc-provider is on, and how far. What is not named here is off or as the library has it. */
export const createFeatures = (deps: {
  accounts: AccountsPort
  isStillValid: IsStillValid
  findClient: (clientId: string) => ClientMetadata | undefined
  findApi: FindApi
  apis: () => readonly ApiMetadata[]
  accessTokenLifetime: number
  dpopNonceSecret: Buffer
  registrationPolicies: Readonly<Record<string, RegistrationPolicy>>
  registrations: Registrations
  registered: Pick<RegisteredClients, 'find'>
  assurances: IdentityAssurances
  devicePages: DevicePages
  logoutPages: LogoutPages
  renderError: NonNullable<Configuration['renderError']>
  noteRefusal: NoteRefusal
}): NonNullable<Configuration['features']> => {
  const { accounts, findApi, findClient, renderError } = deps
  return {
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true, assertClaimsParameter: createAssertClaims(deps.assurances.size > 0) },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    deviceFlow: createDeviceFlow({
      pages: deps.devicePages,
      nameOf: async id => (await accounts.find(id as never).catch(asUnavailable))?.claims.name,
      renderError,
      noteRefusal: deps.noteRefusal,
    }),
    dPoP: {
      enabled: true,
      nonceSecret: deps.dpopNonceSecret,
      requireNonce: ctx => mustUseNonce(findClient, ctx.oidc.client?.clientId),
    },
    encryption: { enabled: true },
    fapi: { enabled: true, profile: (_ctx, client) => (isFapi2(client) ? '2.0' : undefined) },
    jwtUserinfo: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true, assertJwtClaimsAndHeader: assertRequestObject },
    ...createRegistration(deps.registrationPolicies, deps),
    introspection: createIntrospection(deps),
    resourceIndicators: createResourceIndicators({ findApi, lifetime: deps.accessTokenLifetime }),
    revocation: {
      enabled: true,
      // RFC 7009, 2.1: a client revokes its own tokens and learns nothing of others'.
      allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: createLogoutFeature(deps.logoutPages),
    userinfo: { enabled: true },
  }
}

import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider'
import { trialOf } from '#src/clients/trial-clients.ts'
import type { IsStillValid } from '#src/provider/find-account.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { FindApi } from './resource-servers.ts'

type IntrospectedToken = AccessToken | ClientCredentials | RefreshToken

/**
 * Token introspection (RFC 7662) for the API that a token is for and for nobody else, who would learn a person's subject
 * at another app. A token whose account is gone or whose login was ended is not active, whatever is left of its time.
 */
export const createIntrospection = ({
  findApi,
  accounts,
  isStillValid,
}: {
  findApi: FindApi
  accounts: AccountsPort
  isStillValid: IsStillValid
}) => ({
  enabled: true as const,
  allowedPolicy: async (ctx: KoaContextWithOIDC, client: Client, token: IntrospectedToken): Promise<boolean> => {
    if (token.kind === 'RefreshToken') return false
    const { aud, accountId } = token as AccessToken
    const isOfApi = typeof aud === 'string' && findApi(aud)?.clients.includes(client.clientId) === true
    // A trial shows what the API would hear (ADR 0074).
    const isTried = trialOf(client.clientId) !== undefined && token.clientId === client.clientId
    if (!isOfApi && !isTried) return false
    // A machine's.
    if (accountId === undefined) return true
    const account = await accounts.find(accountId as never).catch(asUnavailable)
    return account !== undefined && (await isStillValid(account, ctx, token as AccessToken))
  },
})

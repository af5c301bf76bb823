import type Provider from 'oidc-provider'

/** Is told of every answer of the token endpoint that brought tokens. */
export type CountTokens = (grant: string, clientId: string) => void

/** Lets the token endpoint tell what it issued, by grant and client. */
export const countTokens = (provider: Provider, count: CountTokens): void => {
  provider.on('grant.success', ({ oidc }) => count(`${oidc.params?.grant_type}`, oidc.client?.clientId ?? ''))
}

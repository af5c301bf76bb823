import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { authJsStack, springBootStack } from './frameworks.ts'
import { oidcClientTs } from './oidc-client-ts.ts'
import { openidClient } from './openid-client.ts'
import { androidStack, iosStack } from './phones.ts'
import type { Quickstart, Stack } from './quickstart.ts'

const STACKS: readonly Stack[] = [openidClient, authJsStack, springBootStack, oidcClientTs, androidStack, iosStack]

/** The names of all stacks there is code for. */
export const STACK_NAMES: readonly string[] = STACKS.map(({ stack }) => stack)

/** Phones come back to their claimed https address; the one of loopback is for tests. */
const redirectUriOf = ({ application_type: type, redirect_uris: uris }: ClientMetadata): string | undefined =>
  (type === 'native' ? uris.find(uri => uri.startsWith('https:')) : undefined) ?? uris[0]

/**
 * Code to begin with for a client, filled in with its id, addresses and scopes, for every stack that fits it. Secrets are
 * never in it. Empty for a client without a login in a browser.
 */
export const writeQuickstarts = (client: ClientMetadata, issuer: string): readonly Quickstart[] => {
  const redirectUri = redirectUriOf(client)
  if (redirectUri === undefined) return []
  return STACKS.filter(({ fits }) => fits(client)).map(({ fits: _fits, write, ...stack }) => ({
    ...stack,
    code: write({ issuer, client, redirectUri }),
  }))
}

import type { ClientMetadata } from './client-metadata.ts'

/** What the hosted pages show of a relying party; what its file does not say is absent. */
export const clientBrand = (client: ClientMetadata) => ({
  name: client.client_name,
  ...(client.pias_help_uri === undefined ? {} : { helpUrl: client.pias_help_uri }),
  ...(client.initiate_login_uri === undefined ? {} : { appUrl: client.initiate_login_uri }),
  ...(client.pias_default_locale === undefined ? {} : { defaultLocale: client.pias_default_locale }),
})

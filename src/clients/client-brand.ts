import type { FindImage } from './check-surroundings.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { ClientRegistry } from './client-registry.ts'

const imageUrl = (findImage: FindImage, file: string | undefined): { logoUrl?: string } => {
  const found = file === undefined ? undefined : findImage(file)
  return found !== undefined && 'url' in found ? { logoUrl: found.url } : {}
}

const toBrand = (client: ClientMetadata, findImage: FindImage) => ({
  name: client.client_name,
  ...imageUrl(findImage, client.pias_logo),
  ...(client.pias_accent === undefined ? {} : { accent: client.pias_accent }),
  ...(client.pias_help_uri === undefined ? {} : { helpUrl: client.pias_help_uri }),
  ...(client.initiate_login_uri === undefined ? {} : { appUrl: client.initiate_login_uri }),
  ...(client.pias_default_locale === undefined ? {} : { defaultLocale: client.pias_default_locale }),
})

/** What the hosted pages show of a relying party; what its file does not say is absent. */
export type ClientBrand = ReturnType<typeof toBrand>

/** The dress of every relying party, by its id. One whose logo cannot be shown is shown by its name alone. */
export const openClientBrands =
  ({ clients, findImage }: { clients: Pick<ClientRegistry, 'find'>; findImage: FindImage }) =>
  (clientId: string): ClientBrand | undefined => {
    const client = clients.find(clientId)
    return client === undefined ? undefined : toBrand(client, findImage)
  }

/** The apps of this installation where a login can begin, for somebody who comes without one; in the order of their files. */
export const startableApps = (clients: Pick<ClientRegistry, 'ofFiles'>): { name: string; href: string }[] =>
  clients
    .ofFiles()
    .flatMap(({ client_name: name, initiate_login_uri: href }) => (href === undefined ? [] : [{ name, href }]))

/** Where an app says what it does with what it gets. */
export const policyLinks = (client: ClientMetadata | undefined) => ({
  ...(client?.policy_uri === undefined ? {} : { policyUrl: client.policy_uri }),
  ...(client?.tos_uri === undefined ? {} : { termsUrl: client.tos_uri }),
})

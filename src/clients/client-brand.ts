import { PiasError } from '#src/kernel/errors.ts'
import type { ClientMetadata } from './client-metadata.ts'
import type { ClientRegistry } from './client-registry.ts'

/** Finds the image that a client file names, as an address a page may show. */
type FindImage = (file: string) => { readonly url: string } | { readonly problem: string }

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

/**
 * The dress of every relying party, by its id.
 * @throws PiasError `config.invalid` when a client names a logo that cannot be shown. A file that does so later is shown
 *   by its name alone.
 */
export const openClientBrands = (deps: {
  clients: Pick<ClientRegistry, 'find' | 'ofFiles'>
  findImage: FindImage
}): ((clientId: string) => ClientBrand | undefined) => {
  const { clients, findImage } = deps
  const problems = clients.ofFiles().flatMap(({ client_id, pias_logo }) => {
    const found = pias_logo === undefined ? undefined : findImage(pias_logo)
    return found !== undefined && 'problem' in found ? [`${client_id}: pias_logo: ${found.problem}`] : []
  })
  if (problems.length > 0) throw new PiasError('config.invalid', problems.join('; '))
  return clientId => {
    const client = clients.find(clientId)
    return client === undefined ? undefined : toBrand(client, findImage)
  }
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

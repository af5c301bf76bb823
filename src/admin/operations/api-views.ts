import type { ApiMetadata } from '#src/clients/api-metadata.ts'

/** An API as admins see it. */
export type ApiView = Pick<ApiMetadata, 'audience' | 'name' | 'scopes' | 'clients' | 'exchanges'> & {
  readonly managedBy: 'file' | 'pias'
  readonly format: ApiMetadata['access_token_format']
}

/** APIs by audience. @param own the audience of PIAS's own, which no file describes; undefined where it has none */
export const viewApis = (apis: readonly ApiMetadata[], own: string | undefined): readonly ApiView[] =>
  apis
    .map(({ access_token_format: format, audience, ...api }): ApiView => {
      const { name, scopes, clients, exchanges } = api
      return { audience, name, managedBy: audience === own ? 'pias' : 'file', format, scopes, clients, exchanges }
    })
    .sort((a, b) => (a.audience < b.audience ? -1 : 1))

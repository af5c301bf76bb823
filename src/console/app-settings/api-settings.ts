import type { ApiView } from '#src/admin/operations/api-views.ts'
import { APP_SCOPE } from '#src/clients/client-shape.ts'
import type { AppKind, Described } from './setting.ts'

/** A name for a field: an address has what form parsers take apart. */
const fieldName = (audience: string): string => `api-${Buffer.from(audience).toString('base64url')}`

/**
 * The APIs of files, each with its scopes: an app gets tokens of those that it has a scope of. PIAS's own API is not among
 * them: whoever lets an app administer PIAS writes so in its file, or as JSON.
 */
export const apiSettings = (apis: readonly ApiView[], kind: AppKind): readonly Described[] =>
  apis
    .filter(({ managedBy }) => managedBy === 'file')
    .map(({ audience, name, scopes }) => ({
      name: fieldName(audience),
      path: 'scope',
      kind: 'words',
      label: name,
      hint: audience,
      standard: kind === 'machine' ? '' : APP_SCOPE,
      options: scopes.map(scope => ({ value: scope.name, label: scope.name, hint: scope.description.en })),
    }))

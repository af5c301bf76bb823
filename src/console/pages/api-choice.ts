import type { ClientDetail } from '#src/admin/operations/clients.ts'
import type { Field } from '#src/console/form.ts'
import type { Visit } from '#src/console/visit.ts'

const NONE = { value: '', label: 'none: for userinfo' } as const

/** What an app may ask for. */
export const scopeOf = ({ metadata }: ClientDetail): string => {
  const { scope = 'openid' } = metadata as { scope?: string }
  return scope
}

/** For which API a token is: a choice of those of which the app's scope names a scope, and no field where there are none. */
export const apiChoice = async ({ ask }: Visit, client: ClientDetail): Promise<readonly Field[]> => {
  const { apis } = await ask('listApis')
  const held = new Set(scopeOf(client).split(' '))
  const options = apis
    .filter(({ scopes }) => scopes.some(({ name }) => held.has(name)))
    .map(({ audience, name }) => ({ value: audience, label: `${name} (${audience})` }))
  if (options.length === 0) return []
  return [
    {
      name: 'resource',
      label: 'API to have a token for',
      kind: 'select',
      options: [NONE, ...options],
      hint: 'One that the app may call: its settings name a scope of it.',
    },
  ]
}

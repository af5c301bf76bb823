import type { ClientDetail } from '#src/admin/operations/clients.ts'
import type { Metadata } from '#src/console/app-settings/setting.ts'
import { kindOf } from '#src/console/app-settings/token-settings.ts'
import { type Block, json } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import type { Field } from '#src/console/form.ts'
import type { Told } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { ACRS } from '#src/kernel/identity.ts'
import { apiChoice, scopeOf } from './api-choice.ts'
import { clientHead } from './client-tabs.ts'

const fieldsOf = async (visit: Visit, client: ClientDetail): Promise<readonly Field[]> => [
  {
    name: 'account',
    label: 'For which account',
    hint: 'Empty: for somebody who is made up, with everything an app can get. Of an account, claims are masked.',
  },
  { name: 'scope', label: 'Scopes', value: scopeOf(client), hint: 'With spaces between them.' },
  ...(await apiChoice(visit, client)),
  {
    name: 'acr',
    label: 'Level of the login',
    kind: 'select',
    options: [{ value: '', label: 'The highest' }, ...ACRS.map(value => ({ value, label: value }))],
  },
]

const askForm = async (visit: Visit, client: ClientDetail): Promise<readonly Block[]> =>
  visit.form('previewTokens', {
    title: 'What the app asks for',
    action: `${clientPath(client.clientId)}/preview`,
    submit: 'Show the tokens',
    fields: await fieldsOf(visit, client),
  })

const tokenBlocks = ({ idToken, userinfo, accessToken }: Told['previewTokens']): readonly Block[] => [
  json('ID token', idToken),
  json('Userinfo', userinfo),
  json('Access token', accessToken, accessToken.format === 'jwt' ? 'A JSON web token.' : 'Opaque to the app.'),
]

const NOBODY: Block = {
  kind: 'notice',
  tone: 'plain',
  title: 'Nobody logs in to it',
  text: ['A machine gets access tokens alone, with what its settings say; they hold nothing of a person.'],
}

const LEAD = 'What the app would get, without a login: nothing is signed, and nobody is told.'

/** What an app would get, for a persona or an account. */
export const previewPage: ConsolePage = {
  path: '/clients/:clientId/preview',
  show: async visit => {
    const client = await visit.ask('showClient', { params: visit.params })
    const head = clientHead(client, '/preview')
    if (kindOf(client.metadata as Metadata) === 'machine') return { ...head, blocks: [NOBODY] }
    return { ...head, lead: LEAD, blocks: await askForm(visit, client) }
  },
  acts: {
    '': async visit => {
      const { act, ask, params, text } = visit
      const names = ['account', 'scope', 'resource', 'acr'] as const
      const body = Object.fromEntries(names.map(name => [name, text(name)]).filter(([, value]) => value !== ''))
      const outcome = await act('previewTokens', { params, body })
      if ('problem' in outcome) return outcome
      const client = await ask('showClient', { params })
      const blocks = [...tokenBlocks(outcome.told), ...(await askForm(visit, client))]
      return { page: { ...clientHead(client, '/preview'), lead: LEAD, blocks } }
    },
  },
}

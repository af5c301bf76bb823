import type { ClientDetail } from '#src/admin/operations/clients.ts'
import { askFirst } from '#src/console/ask-first.ts'
import type { Block, CellLike } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { type ConsolePage, thenTo, withQuery } from '#src/console/console-page.ts'
import type { Visit } from '#src/console/visit.ts'
import { adviceBlocks } from './client-advice.ts'
import { clientHead, isManagedElsewhere, MANAGERS, stateCell } from './client-tabs.ts'

const listPage: ConsolePage = {
  path: '/clients',
  show: async ({ ask, text, may }) => {
    const [prefix, cursor] = [text('prefix', 'query'), text('cursor', 'query')]
    const { clients, next } = await ask('listClients', {
      query: { ...(prefix && { prefix }), ...(cursor && { cursor }) },
    })
    const apis = { text: 'APIs', href: '/apis' }
    const register = { text: 'Register an app', href: '/clients/new', tone: 'primary' } as const
    return {
      title: 'Apps',
      lead: 'Whoever lets people log in by PIAS.',
      blocks: [
        { kind: 'links', links: [...(may('createClient') ? [register] : []), apis] },
        {
          kind: 'form',
          method: 'get',
          action: '/clients',
          hidden: {},
          submit: 'Search',
          tone: 'secondary',
          fields: [{ name: 'prefix', label: 'Client id begins with', value: prefix }],
        },
        {
          kind: 'table',
          title: 'Registered apps',
          empty: next === undefined ? 'No app has such a client id.' : 'None on this page; there are more.',
          columns: [{ label: 'App' }, { label: 'Client id' }, { label: 'State' }, { label: 'Decided by' }],
          rows: clients.map(client => [
            { text: client.name || client.clientId, href: clientPath(client.clientId) },
            { text: client.clientId, code: true },
            stateCell(client),
            MANAGERS[client.managedBy],
          ]),
          ...(next !== undefined && {
            more: { text: 'More apps', href: withQuery('/clients', { prefix, cursor: next }) },
          }),
        },
      ],
    }
  },
}

/** What an app does, in the order people ask for it; anything else is under settings. */
const SHOWN = {
  redirect_uris: 'Returns people to',
  post_logout_redirect_uris: 'After logout to',
  backchannel_logout_uri: 'Is told of logouts at',
  grant_types: 'Ways to tokens',
  scope: 'May ask for',
  token_endpoint_auth_method: 'Proves itself by',
  jwks_uri: 'Its keys are at',
  pias_access_token_format: 'Its access tokens for APIs are',
  pias_lifetimes: 'Its tokens live (seconds)',
} as const

const cellsOf = (value: unknown): readonly CellLike[] => {
  if (Array.isArray(value)) return value.map(one => ({ text: String(one), code: true }))
  const isObject = typeof value === 'object' && value !== null
  const texts = isObject ? Object.entries(value).map(([name, part]) => `${name}: ${part}`) : [String(value)]
  return texts.map(text => ({ text, code: true }))
}

const metadataOf = ({ metadata }: ClientDetail) => metadata as { readonly [name: string]: unknown }

const stateForms = ({ form }: Visit, client: ClientDetail): readonly Block[] => {
  if (isManagedElsewhere(client)) {
    const text = [
      `It is changed there, and what is changed here would be undone. Managed by ${MANAGERS[client.managedBy]}.`,
    ]
    return [{ kind: 'notice', tone: 'plain', title: 'Read-only here', text }]
  }
  const hidden = { version: String(client.version) }
  const path = clientPath(client.clientId)
  return client.state === 'active'
    ? form('disableClient', {
        title: 'Disable this app',
        action: `${path}/disable`,
        submit: 'Disable',
        tone: 'danger',
        fields: [],
        hidden,
        intro: 'Nobody logs in by it any more, from the next request on. It can be restored.',
      })
    : form('restoreClient', {
        title: 'Restore this app',
        action: `${path}/restore`,
        submit: 'Restore',
        fields: [],
        hidden,
        intro: 'People can log in by it again.',
      })
}

const setState =
  (name: 'disable' | 'restore') =>
  async ({ act, params, text }: Visit) => {
    const outcome = await act(`${name}Client`, { params, version: Number(text('version')) })
    return thenTo(outcome, `${clientPath(params.clientId ?? '')}?done=${name}d`)
  }

const askDisable = async ({ ask, params, text }: Visit) => {
  const { clientId, name } = await ask('showClient', { params })
  const path = clientPath(clientId)
  return {
    operation: 'disableClient',
    title: `Disable ${name}`,
    submit: 'Disable',
    action: `${path}/disable`,
    cancel: path,
    hidden: { version: text('version') },
    intro: 'Nobody logs in by it any more, from the next request on. It can be restored.',
  }
}

const onePage: ConsolePage = {
  path: '/clients/:clientId',
  show: async visit => {
    const client = await visit.ask('showClient', { params: visit.params })
    const metadata = metadataOf(client)
    const shown = Object.entries(SHOWN).filter(([name]) => metadata[name] !== undefined)
    return {
      ...clientHead(client, ''),
      blocks: [
        {
          kind: 'facts',
          rows: [
            { label: 'Client id', cells: [{ text: client.clientId, code: true }] },
            { label: 'State', cells: [stateCell(client)] },
            { label: 'Decided by', cells: [MANAGERS[client.managedBy]] },
            ...shown.map(([name, label]) => ({ label, cells: cellsOf(metadata[name]) })),
          ],
        },
        ...adviceBlocks(client),
        ...stateForms(visit, client),
      ],
    }
  },
  acts: { '/disable': askFirst(askDisable, setState('disable')), '/restore': setState('restore') },
}

/** Apps: found, looked at. */
export const clientPages: readonly ConsolePage[] = [listPage, onePage]

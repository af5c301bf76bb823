import type { ApiView } from '#src/admin/operations/api-views.ts'
import type { Block, CellLike } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import type { ConsolePage } from '#src/console/console-page.ts'

const FORMATS: Readonly<Record<ApiView['format'], string>> = {
  jwt: 'JSON web tokens, which the API checks itself; five minutes at most',
  opaque: 'opaque, which the API asks PIAS about; one that is ended counts no more at once',
}

const CONSENTS: Readonly<Record<ApiView['scopes'][number]['consent'], CellLike>> = {
  health: { text: 'every person', hint: 'Data on health: our own apps ask, too.' },
  'by-client': { text: 'of apps of others', hint: 'Of our own apps it is by contract.' },
}

const appCells = (clients: readonly string[]): readonly CellLike[] =>
  clients.length === 0 ? ['none'] : clients.map(text => ({ text, href: clientPath(text), code: true }))

const apiBlocks = ({ name, audience, managedBy, format, scopes, clients, exchanges }: ApiView): readonly Block[] => [
  {
    kind: 'facts',
    title: name,
    rows: [
      { label: 'Audience', cells: [{ text: audience, code: true }] },
      { label: 'Decided by', cells: [managedBy === 'file' ? 'its file' : 'PIAS itself'] },
      { label: 'Its tokens', cells: [FORMATS[format]] },
      { label: 'Apps that are this API', cells: appCells(clients) },
      ...exchanges.map(exchange => ({
        label: `${exchange.audience} may call it for people`,
        cells: exchange.scopes.map(text => ({ text, code: true })),
      })),
    ],
  },
  {
    kind: 'table',
    title: `Scopes of ${name}`,
    empty: '',
    columns: [{ label: 'Scope' }, { label: 'What people read' }, { label: 'Consent is asked' }],
    rows: scopes.map(scope => [{ text: scope.name, code: true }, scope.description.en, CONSENTS[scope.consent]]),
  },
]

/** The APIs that tokens are issued for: files say what they are. */
export const apisPage: ConsolePage = {
  path: '/apis',
  show: async ({ ask }) => {
    const { apis } = await ask('listApis')
    return {
      title: 'APIs',
      lead: 'What apps get tokens for. They are changed in their files; which of their scopes an app may ask for is among its settings.',
      section: '/clients',
      crumbs: [{ text: 'Apps', href: '/clients' }],
      blocks: apis.flatMap(apiBlocks),
    }
  },
}

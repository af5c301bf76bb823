import type { ClientView } from '#src/admin/operations/clients.ts'
import type { Block, Cell, Page } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'

const TABS = [
  { text: 'Overview', end: '' },
  { text: 'Settings', end: '/settings' },
  { text: 'Secrets', end: '/secrets' },
  { text: 'Rollout', end: '/rollout' },
  { text: 'Try it', end: '/trial' },
  { text: 'Tokens', end: '/preview' },
  { text: 'Code', end: '/code' },
] as const

/** The head of every page about one app. */
export const clientHead = (
  { clientId, name }: Pick<ClientView, 'clientId' | 'name'>,
  current: (typeof TABS)[number]['end'],
): Pick<Page, 'title' | 'crumbs' | 'tabs'> => ({
  title: name || clientId,
  crumbs: [{ text: 'Apps', href: '/clients' }],
  tabs: TABS.map(({ text, end }) => ({ text, href: `${clientPath(clientId)}${end}`, current: end === current })),
})

/** Who decides about an app, in words. */
export const MANAGERS: Readonly<Record<ClientView['managedBy'], string>> = {
  file: 'its client file',
  api: 'admins',
  dcr: 'the app itself (dynamic registration)',
  apply: 'pias apply',
}

/** Whether an app is changed where it comes from, and not here. */
export const isManagedElsewhere = ({ managedBy }: ClientView): boolean => managedBy === 'file' || managedBy === 'apply'

/** Whether an app lets people in. */
export const stateCell = ({ state }: ClientView): Cell =>
  state === 'active' ? { text: 'active', tag: 'good' } : { text: 'disabled', tag: 'bad' }

/** What stands on a page of a disabled app that is about logging in to it. */
export const RESTORE_FIRST: readonly Block[] = [
  { kind: 'notice', tone: 'plain', title: 'It is disabled: restore it first' },
]

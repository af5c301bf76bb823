import type { Block } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { readObject } from '#src/console/fields.ts'
import { clientHead, isManagedElsewhere, MANAGERS } from './client-tabs.ts'

/** All of an app as JSON, with what the form of its settings does not have. */
export const settingsAsJsonPage: ConsolePage = {
  path: '/clients/:clientId/settings/json',
  show: async ({ ask, form, params, text, problem }) => {
    const client = await ask('showClient', { params })
    const path = `${clientPath(client.clientId)}/settings`
    const json = JSON.stringify(client.metadata, undefined, 2)
    const head = clientHead(client, '/settings')
    const crumbs = [...(head.crumbs ?? []), { text: 'Settings as a form', href: path }]
    const lead = 'Everything that is set, by the names that files and the API have for it.'
    const readOnly: Block = { kind: 'code', title: 'As it is saved', text: json }
    if (isManagedElsewhere(client)) {
      const hint = `Read-only here: it is changed where it comes from, ${MANAGERS[client.managedBy]}.`
      return { ...head, crumbs, lead, blocks: [{ ...readOnly, hint }] }
    }
    const isStale = problem?.code === 'stale'
    // What was sent is for the version it was made from: only who has seen what is saved now writes over that.
    const version = problem === undefined || isStale ? String(client.version) : text('version')
    const field = {
      name: 'metadata',
      label: 'As JSON',
      kind: 'area' as const,
      value: json,
    }
    const editing = form('replaceClient', {
      title: 'Metadata',
      action: `${path}/json`,
      submit: 'Save',
      intro: 'RFC 7591 names plus pias_*, as in a client file. It is checked before it is saved.',
      hidden: { version },
      fields: [field],
    })
    const isForm = editing.some(({ kind }) => kind === 'form')
    return { ...head, crumbs, lead, blocks: isForm && !isStale ? editing : [readOnly, ...editing] }
  },
  acts: {
    '': async ({ act, params, text }) => {
      const read = readObject('metadata', text('metadata'))
      if ('problem' in read) return read
      const given = { params, body: { metadata: read.value }, version: Number(text('version')) }
      return thenTo(await act('replaceClient', given), `${clientPath(params.clientId ?? '')}/settings/json?done=saved`)
    },
  },
}

import type { ClientDetail } from '#src/admin/operations/clients.ts'
import { settingsOf } from '#src/console/app-settings/all-settings.ts'
import { fieldOf, problemInWords } from '#src/console/app-settings/form-fields.ts'
import { changedIn, inForm, type Marks, marksOf, mergeOf, readMarks } from '#src/console/app-settings/merge.ts'
import {
  type AppKind,
  type Filled,
  type Metadata,
  read,
  type Setting,
  writeAll,
} from '#src/console/app-settings/setting.ts'
import { kindOf } from '#src/console/app-settings/token-settings.ts'
import type { Block } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import type { Visit } from '#src/console/visit.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { adviceBlocks } from './client-advice.ts'
import { clientHead, isManagedElsewhere, MANAGERS } from './client-tabs.ts'
import { factBlocks, overtakenBlock } from './settings-blocks.ts'

const metadataOf = ({ metadata }: ClientDetail): Metadata => metadata as Metadata

const settingsFor = async ({ ask }: Visit, client: ClientDetail): Promise<readonly Setting[]> =>
  settingsOf(kindOf(metadataOf(client)), (await ask('listApis')).apis)

const savedOf = (settings: readonly Setting[], metadata: Metadata): Filled =>
  Object.fromEntries(settings.map(setting => [setting.name, read(setting, metadata)]))

const sentOf = (settings: readonly Setting[], { texts }: Visit): Filled =>
  Object.fromEntries(settings.map(({ name }) => [name, texts(name)]))

/** What the form was made from. @throws PiasError `request.forged` where it does not say so as PIAS does */
const marksIn = ({ text }: Visit): Marks => {
  const marks = readMarks(text('marks'))
  if (marks === undefined) throw new PiasError('request.forged', 'the form does not say what it was made from')
  return marks
}

const KIND_WORDS: Readonly<Record<AppKind, string>> = {
  app: 'People log in to this app in a browser',
  device: 'People confirm the code of this app on their phone',
  machine: 'This app acts without people at it',
}

/** Why the form does not ask what kind of app it is, which decides on all that it asks. */
const kindText = (client: ClientDetail): Block => {
  const kind = KIND_WORDS[kindOf(metadataOf(client))]
  const sentence = `${kind}: one of another kind is another app, to be registered, and only the JSON of this one can turn it into that.`
  return { kind: 'text', title: 'Its kind', paragraphs: [sentence] }
}

/** What the form begins with: what is saved, or what was sent, over what somebody else saved since. */
const filledOf = (visit: Visit, client: ClientDetail, settings: readonly Setting[]) => {
  const { problem, text } = visit
  const metadata = metadataOf(client)
  const fresh = { version: String(client.version), marks: marksOf(settings, metadata) }
  if (problem === undefined) return { ...fresh, filled: savedOf(settings, metadata), above: [] }
  const marks = marksIn(visit)
  const typed = sentOf(inForm(settings, marks), visit)
  // What was sent is for the version it was made from: only who has seen what is saved now writes over that.
  if (problem.code !== 'stale') return { version: text('version'), marks: text('marks'), filled: typed, above: [] }
  const { filled, overtaken } = mergeOf(settings, { metadata, marks, typed })
  return { ...fresh, filled, above: [overtakenBlock(overtaken)] }
}

const formOf = (visit: Visit, client: ClientDetail, settings: readonly Setting[]): readonly Block[] => {
  const { version, marks, filled, above } = filledOf(visit, client, settings)
  const form = visit.form('replaceClient', {
    action: `${clientPath(client.clientId)}/settings`,
    submit: 'Save the settings',
    hidden: { version, marks },
    // What somebody else saved meanwhile is in them, too.
    isFilled: true,
    fields: settings.filter(({ name }) => name in filled).map(setting => fieldOf(setting, filled)),
  })
  return form.length === 0 ? [] : [...above, ...form]
}

/** The settings of an app as a form. */
export const settingsPage: ConsolePage = {
  path: '/clients/:clientId/settings',
  show: async visit => {
    const client = await visit.ask('showClient', { params: visit.params })
    const settings = await settingsFor(visit, client)
    const facts = factBlocks(settings, metadataOf(client))
    const json = { text: 'Everything as JSON (advanced)', href: `${clientPath(client.clientId)}/settings/json` }
    const register = { text: 'Register another app', href: '/clients/new' }
    const head = clientHead(client, '/settings')
    const more: Block = { kind: 'links', links: [json] }
    if (isManagedElsewhere(client)) {
      const text = [`It is changed where it comes from: ${MANAGERS[client.managedBy]}.`]
      return { ...head, blocks: [{ kind: 'notice', tone: 'plain', title: 'Read-only here', text }, ...facts, more] }
    }
    const form = formOf(visit, client, settings)
    const isForm = form.some(({ kind }) => kind === 'form')
    // Whoever has something to mend looks at that first.
    const advice = visit.problem === undefined ? adviceBlocks(client, settings) : []
    return isForm
      ? { ...head, blocks: [...advice, ...form, kindText(client), { kind: 'links', links: [json, register] }] }
      : { ...head, blocks: [...form, ...facts, more] }
  },
  acts: {
    '': async visit => {
      const { act, ask, params, text } = visit
      const client = await ask('showClient', { params })
      const settings = await settingsFor(visit, client)
      // What was not in the form is not told empty by it, such as an API that is there since.
      const typed = sentOf(settings, visit)
      const written = writeAll(changedIn(settings, marksIn(visit), typed), metadataOf(client), typed)
      if ('problem' in written) return { problem: problemInWords(written.problem, settings) }
      // Of the version that the form was made from: it is refused where what it leaves as it was is no longer that.
      const given = { params, body: { metadata: written.metadata }, version: Number(text('version')) }
      const outcome = await act('replaceClient', given)
      if ('problem' in outcome) return { problem: problemInWords(outcome.problem, settings) }
      return thenTo(outcome, `${clientPath(client.clientId)}/settings?done=saved`)
    },
  },
}

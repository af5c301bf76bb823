import { type ClientFinding, createLintClient } from '#src/admin/operations/client-lint.ts'
import { PRESETS, type Preset } from '#src/admin/operations/client-presets.ts'
import type { ClientDetail, ClientErrors, ClientRefusal, ClientView } from '#src/admin/operations/clients.ts'
import { withoutSecrets } from '#src/admin/operations/plan-entry.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { streamFromStore } from '#src/cli/offline.ts'
import { clientsOn, surroundingsOf, withClients } from '#src/cli/open-clients.ts'
import { asJson, notFound, type Outcome, type Refused, refused, refusedAs, type Shown } from '#src/cli/outcome.ts'
import { readDocument } from '#src/cli/read-document.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Store } from '#src/store/ports/store.ts'

type Fields = { readonly [field: string]: Json }

const PAGE = 200

const toldFindings = (kind: string, findings: readonly ClientFinding[]): string =>
  findings.map(({ field, reason, fix }) => `${kind}: ${field}: ${reason}; ${fix}\n`).join('')

const readMetadata = async (file: string): Promise<Fields> => {
  const document = await readDocument(file)
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as Fields
  throw new PiasError('request.invalid', `${file} holds no app`)
}

const toldClient = ({ clientId, name, managedBy, state, version }: ClientView): string =>
  `${clientId} ${state} ${managedBy} ${version} ${name}\n`

/** `clients list`: id, state, who manages it, version, name. @throws what the store throws */
export const listClients = (terminal: Terminal, { prefix = '' }: { prefix?: string }): Outcome => {
  async function* read(store: Store): AsyncGenerator<Shown> {
    const { clients } = clientsOn(terminal, store)
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: Awaited<ReturnType<typeof clients.list>> = await clients.list({ prefix, after, limit: PAGE })
      for (const value of page.clients) yield { value, text: toldClient(value) }
      after = page.next
    }
  }
  return { lines: streamFromStore({ terminal }, read) }
}

/** `clients show`: an app as JSON. Refused where there is none. @throws what the store throws */
export const showClient = (terminal: Terminal, clientId: string): Promise<Outcome> =>
  withClients(terminal, async ({ clients }) => {
    const found = await clients.show(clientId)
    return found === undefined ? notFound(`there is no app ${clientId}`) : asJson(found)
  })

/** `clients lint`: what is wrong, and what might be better; `wrong` for errors. @throws PiasError `request.invalid` */
export const lintClientFile = async (terminal: Terminal, file: string): Promise<Outcome> => {
  const lint = createLintClient(surroundingsOf(terminal))
  const { errors, warnings } = lint(withoutSecrets(await readMetadata(file)))
  const text = `${toldFindings('error', errors)}${toldFindings('warning', warnings)}`
  return { value: { errors, warnings }, text, ...(errors.length > 0 && { end: 'wrong' }) }
}

const presetOf = (text: string | undefined): Preset | undefined => {
  const preset = PRESETS.find(one => one === text)
  if (text !== undefined && preset === undefined) {
    throw new PiasError('request.invalid', `--preset must be one of ${PRESETS.join(', ')}`)
  }
  return preset
}

const refusalOf = (outcome: ClientRefusal | ClientErrors): Refused => {
  if (outcome.kind !== 'wrong') return refusedAs(outcome.kind)
  const { errors } = outcome
  return refused('client.invalid', 'the metadata is not valid', { errors, text: toldFindings('error', errors) })
}

const told = (outcome: ClientDetail | ClientRefusal | ClientErrors): Outcome =>
  'kind' in outcome ? refusalOf(outcome) : { value: outcome, text: toldClient(outcome) }

/** `clients create`: the secret on standard output, once. Refused for metadata that do not hold. @throws what the store throws */
export const createClient = async (
  terminal: Terminal,
  file: string,
  options: { preset?: string },
): Promise<Outcome> => {
  const preset = presetOf(options.preset)
  const metadata = await readMetadata(file)
  return withClients(terminal, async ({ clients }) => {
    const made = await clients.create({ metadata, by: terminal.operator, ...(preset !== undefined && { preset }) })
    if ('kind' in made) return refusalOf(made)
    const { client, secret } = made
    const note = `registered ${toldClient(client)}${toldFindings('warning', client.warnings)}`
    return { value: made, text: secret === undefined ? '' : `${secret}\n`, note }
  })
}

/** `clients update`: new metadata over those there are. Refused as they do not hold. @throws what the store throws */
export const updateClient = async (
  terminal: Terminal,
  clientId: string,
  { file }: { file: string },
): Promise<Outcome> => {
  const metadata = await readMetadata(file)
  return withClients(terminal, async ({ clients }) => {
    const { version = 0 } = (await clients.show(clientId)) ?? {}
    return told(await clients.replace({ clientId, version, metadata, by: terminal.operator }))
  })
}

/** `clients disable|restore`. Refused for one that is managed elsewhere, or where nobody confirms the former. @throws what the store throws */
export const setClientState = (
  terminal: Terminal,
  clientId: string,
  { state, yes }: { state: 'active' | 'disabled'; yes?: true },
): Promise<Outcome> =>
  withClients(terminal, async ({ clients }) => {
    const { version = 0 } = (await clients.show(clientId)) ?? {}
    const what = `lets nobody log in by ${clientId} any more`
    const stop = state === 'disabled' && (await unconfirmed(terminal, { yes, what, name: clientId }))
    return stop || told(await clients.setState({ clientId, version, state, by: terminal.operator }))
  })

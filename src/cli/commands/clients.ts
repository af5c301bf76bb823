import { readFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { type ClientFinding, createLintClient } from '#src/admin/operations/client-lint.ts'
import {
  createClientPlans,
  hasChanges,
  type PlannedClient,
  type WantedClient,
  withoutSecrets,
} from '#src/admin/operations/client-plan.ts'
import { PRESETS, type Preset } from '#src/admin/operations/client-presets.ts'
import { type ClientDetail, type ClientOperations, createClientOperations } from '#src/admin/operations/clients.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { createCheckSurroundings } from '#src/clients/check-surroundings.ts'
import { createClientFileSchema } from '#src/clients/client-file.ts'
import { createClientManagement } from '#src/clients/client-management.ts'
import { openClientFiles } from '#src/clients/client-registry.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { createImages } from '#src/pages/images.ts'

type Fields = { readonly [field: string]: Json }

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const PAGE = 200

/** What apps may name here. */
const surroundingsOf = (terminal: Terminal) => {
  const { upstreams, pages } = terminal.loadConfig()
  const findImage = createImages({ dir: pages.imagesDir }).find
  return createCheckSurroundings({ upstreams: Object.keys(upstreams), findImage })
}

/** Runs a command on the apps of the files and the store a node would run with here. */
const withClients = async <T>(
  terminal: Terminal,
  run: (on: { clients: ClientOperations; plans: ReturnType<typeof createClientPlans> }) => Promise<T>,
): Promise<T> => {
  const { clock, defaultDataDir: dataDir } = terminal
  const { clientsDir: dir, environment } = terminal.loadConfig()
  const files = openClientFiles({ dir, environment, clock, logger: SILENT })
  return withStore({ terminal, dataDir }, ({ clients }) =>
    run({
      clients: createClientOperations({
        clients,
        files: { ofFiles: () => files.all().map(({ client }) => client) },
        management: createClientManagement({ clients, fileOf: files.find, clock }),
        checkSurroundings: surroundingsOf(terminal),
      }),
      plans: createClientPlans({ clients, isFile: id => files.find(id) !== undefined, clock }),
    }),
  )
}

const toldFinding = (kind: string, { field, reason, fix }: ClientFinding): string =>
  `${kind}: ${field}: ${reason}; ${fix}\n`

/** Reads JSON or YAML. @throws PiasError `request.invalid` for what is neither */
const readDocument = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8')
  try {
    return parse(text)
  } catch (cause) {
    throw new PiasError(
      'request.invalid',
      `${file} is neither JSON nor YAML: ${(cause as Error).message.split('\n', 1)[0]}`,
    )
  }
}

const readMetadata = async (file: string): Promise<Fields> => {
  const document = await readDocument(file)
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as Fields
  throw new PiasError('request.invalid', `${file} holds no app`)
}

const tellErrors = (terminal: Terminal, errors: readonly ClientFinding[]): void => {
  for (const error of errors) terminal.stderr.write(toldFinding('error', error))
  terminal.setExitCode(2)
}

const toldClient = ({
  clientId,
  name,
  managedBy,
  state,
  version,
}: Omit<ClientDetail, 'secrets' | 'warnings'>): string => `${clientId} ${state} ${managedBy} ${version} ${name}\n`

/** `clients list`: id, state, who manages it, version, name. @throws what the store throws */
export const listClients = (terminal: Terminal, options: { prefix?: string; json?: true }): Promise<void> =>
  withClients(terminal, async ({ clients }) => {
    const { prefix = '', json } = options
    for (let after = ''; ; ) {
      const page = await clients.list({ prefix, after, limit: PAGE })
      for (const one of page) terminal.stdout.write(json ? `${JSON.stringify(one)}\n` : toldClient(one))
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      after = last.clientId
    }
  })

/** `clients show`: an app as JSON. Exit code 2 when there is none. @throws what the store throws */
export const showClient = (terminal: Terminal, clientId: string): Promise<void> =>
  withClients(terminal, async ({ clients }) => {
    const found = await clients.show(clientId)
    if (found === undefined) return refuse(terminal, `there is no app ${clientId}`)
    terminal.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  })

/** `clients lint`: what is wrong, and what might be better. Exit code 2 for errors. @throws PiasError `request.invalid` */
export const lintClientFile = async (terminal: Terminal, file: string): Promise<void> => {
  const lint = createLintClient(surroundingsOf(terminal))
  const { errors, warnings } = lint(withoutSecrets(await readMetadata(file)))
  for (const error of errors) terminal.stdout.write(toldFinding('error', error))
  for (const warning of warnings) terminal.stdout.write(toldFinding('warning', warning))
  if (errors.length > 0) terminal.setExitCode(2)
}

const presetOf = (text: string | undefined): Preset | undefined => {
  const preset = PRESETS.find(one => one === text)
  if (text !== undefined && preset === undefined) {
    throw new PiasError('request.invalid', `--preset must be one of ${PRESETS.join(', ')}`)
  }
  return preset
}

const told = (
  terminal: Terminal,
  outcome: ClientDetail | { kind: string; errors?: readonly ClientFinding[] },
): void => {
  if (!('kind' in outcome)) return void terminal.stdout.write(toldClient(outcome))
  if (outcome.errors !== undefined) return tellErrors(terminal, outcome.errors)
  refuse(terminal, `refused: ${outcome.kind}`)
}

/** `clients create`: the secret on standard output, once. Exit code 2 when it is refused. @throws what the store throws */
export const createClient = async (
  terminal: Terminal,
  file: string,
  options: { preset?: string; by: string },
): Promise<void> => {
  const preset = presetOf(options.preset)
  const metadata = await readMetadata(file)
  await withClients(terminal, async ({ clients }) => {
    const made = await clients.create({ metadata, by: options.by, ...(preset !== undefined && { preset }) })
    if ('kind' in made) return told(terminal, made)
    terminal.stderr.write(`registered ${toldClient(made.client)}`)
    for (const warning of made.client.warnings) terminal.stderr.write(toldFinding('warning', warning))
    if (made.secret !== undefined) terminal.stdout.write(`${made.secret}\n`)
  })
}

/** `clients update`: new metadata over those there are. Exit code 2 when it is refused. @throws what the store throws */
export const updateClient = async (
  terminal: Terminal,
  clientId: string,
  { file, by }: { file: string; by: string },
): Promise<void> => {
  const metadata = await readMetadata(file)
  await withClients(terminal, async ({ clients }) => {
    const { version = 0 } = (await clients.show(clientId)) ?? {}
    told(terminal, await clients.replace({ clientId, version, metadata, by }))
  })
}

/** `clients disable|restore`. Exit code 2 when it is refused. @throws what the store throws */
export const setClientState = (
  terminal: Terminal,
  clientId: string,
  { state, by }: { state: 'active' | 'disabled'; by: string },
): Promise<void> =>
  withClients(terminal, async ({ clients }) => {
    const { version = 0 } = (await clients.show(clientId)) ?? {}
    told(terminal, await clients.setState({ clientId, version, state, by }))
  })

const manySchema = z.strictObject({ clients: z.array(z.record(z.string(), z.json())) })

/** Reads a file of apps. @throws PiasError `request.invalid` that names every problem */
const readWanted = async (terminal: Terminal, file: string): Promise<readonly WantedClient[]> => {
  const document = manySchema.safeParse(await readDocument(file))
  if (!document.success) throw new PiasError('request.invalid', `${file} must hold "clients", a list of apps`)
  const schema = createClientFileSchema(terminal.loadConfig().environment)
  const checkSurroundings = surroundingsOf(terminal)
  const problems: string[] = []
  const wanted = document.data.clients.flatMap((entry, index): WantedClient[] => {
    const given = entry as Fields
    const parsed = schema.safeParse(entry)
    const found = parsed.success
      ? checkSurroundings(parsed.data.client)
      : parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }))
    const id = `${given.client_id ?? `#${index + 1}`}`
    problems.push(...found.map(({ field, message }) => `${id}: ${field}: ${message}`))
    return parsed.success ? [{ given: withoutSecrets(given), file: parsed.data }] : []
  })
  const ids = wanted.map(({ file: { client } }) => client.client_id)
  problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map(id => `${id}: stands twice`))
  if (problems.length > 0) throw new PiasError('request.invalid', problems.join('; '))
  return wanted
}

const SIGNS = { create: '+', update: '~', remove: '-', left: '=', unmanaged: '?', wrong: '!' } as const
const WORDS = {
  ...{ create: 'is registered', update: 'is changed', remove: 'is removed' },
  ...{ left: 'is of an earlier file, and stays (--prune removes it)', unmanaged: 'is managed by others, and stays' },
  wrong: 'cannot be done',
} as const

const toldPlan = ({ clientId, act, diff, problem }: PlannedClient): string => {
  const side = (value: Json | undefined): string => (value === undefined ? '(none)' : JSON.stringify(value))
  const lines = act === 'create' ? [] : diff.map(({ field, from, to }) => `    ${field}: ${side(from)} → ${side(to)}\n`)
  return `${SIGNS[act]} ${clientId} ${WORDS[act]}${problem === undefined ? '' : `: ${problem}`}\n${lines.join('')}`
}

/**
 * `plan` and `apply`: what a file of apps would change, and changing it. `plan` ends with 0 when nothing would, with 2 when
 * something would; both with 1 when something cannot be done.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const planClients = async (
  terminal: Terminal,
  options: { file: string; prune?: true; json?: true; apply: boolean; by?: string },
): Promise<void> => {
  const { file, prune = false, json, apply, by = terminal.operator } = options
  const wanted = await readWanted(terminal, file)
  await withClients(terminal, async ({ plans }) => {
    const plan = await plans.plan(wanted, { prune })
    terminal.stdout.write(
      json ? `${JSON.stringify(plan.map(({ write: _, ...one }) => one))}\n` : plan.map(toldPlan).join(''),
    )
    if (plan.some(({ act }) => act === 'wrong')) return terminal.setExitCode(1)
    if (!hasChanges(plan)) return void (json || terminal.stdout.write('nothing changes\n'))
    if (!apply) return terminal.setExitCode(2)
    const stale = await plans.apply(plan, by)
    for (const id of stale) terminal.stderr.write(`pias: ${id} was changed by others meanwhile: plan again\n`)
    if (stale.length > 0) return terminal.setExitCode(1)
    terminal.stderr.write('applied; it counts within a second\n')
  })
}

/** `export`: the apps of the store as a file that `plan` finds nothing to change in. @throws what the store throws */
export const exportClients = (terminal: Terminal, options: { json?: true }): Promise<void> =>
  withClients(terminal, async ({ plans }) => {
    const clients = (await plans.all())
      .filter(({ state }) => state === 'active')
      .map(({ metadata, secrets }) => ({
        ...(metadata as Fields),
        ...(secrets.length > 0 && { pias_secret_hashes: secrets.map(({ hash }) => hash) }),
      }))
    terminal.stdout.write(options.json ? `${JSON.stringify({ clients }, null, 2)}\n` : stringify({ clients }))
  })

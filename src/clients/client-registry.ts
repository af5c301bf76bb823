import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { listClientFiles, parseClientFile } from './client-files.ts'
import type { ClientMetadata } from './client-metadata.ts'

/** The relying parties PIAS knows. */
export type ClientRegistry = {
  find(clientId: string): ClientMetadata | undefined
  all(): readonly ClientMetadata[]
}

/** A file whose content is known; `client` is its last good version, if it ever had one. */
type Entry = { readonly stamp: string; readonly client: ClientMetadata | undefined }

/** Reads what changed since `known` was read. */
const readFiles = (dir: string, known: ReadonlyMap<string, Entry>) => {
  const entries = new Map<string, Entry>()
  const problems: string[] = []
  for (const file of listClientFiles(dir)) {
    const before = known.get(file.path)
    if (before?.stamp === file.stamp) {
      entries.set(file.path, before)
      continue
    }
    const parsed = parseClientFile(dir, file)
    if ('problems' in parsed) problems.push(...parsed.problems)
    entries.set(file.path, { stamp: file.stamp, client: 'client' in parsed ? parsed.client : before?.client })
  }
  return { entries, problems }
}

const indexById = (entries: ReadonlyMap<string, Entry>) => {
  const clients = new Map<string, ClientMetadata>()
  const problems: string[] = []
  for (const { client } of entries.values()) {
    if (client === undefined) continue
    if (clients.has(client.client_id)) problems.push(`client_id: "${client.client_id}" stands in two files`)
    else clients.set(client.client_id, client)
  }
  return { clients, problems }
}

const RECHECK_MS = 1000

/**
 * Opens the registry over a folder of client files. Changed, new and removed files are seen within a second, without a
 * restart; a file that became wrong is logged and its last good version stays, so that a typing error ends no login.
 * @throws PiasError `config.invalid` when a file is wrong at the start, naming every problem by file and field;
 *   `config.unreadable` when the folder cannot be read
 */
export const openClientRegistry = (deps: { dir: string; clock: Clock; logger: Logger }): ClientRegistry => {
  const { dir, clock, logger } = deps
  let entries: ReadonlyMap<string, Entry> = new Map()
  let clients: ReadonlyMap<string, ClientMetadata> = new Map()
  let checkedAt = clock()

  const scan = (): string[] => {
    const read = readFiles(dir, entries)
    const indexed = indexById(read.entries)
    entries = read.entries
    clients = indexed.clients
    return [...read.problems, ...indexed.problems]
  }

  const recheck = (): void => {
    const now = clock()
    if (now - checkedAt < RECHECK_MS) return
    checkedAt = now
    try {
      const problems = scan()
      if (problems.length > 0) logger.error({ problems }, 'client files have problems; last good versions stay')
    } catch (error) {
      logger.error({ code: (error as NodeJS.ErrnoException).code }, 'the client folder cannot be read')
    }
  }

  const open = (): string[] => {
    try {
      return scan()
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
      throw new PiasError('config.unreadable', `cannot read the client folder ${dir} (${reason})`, { cause })
    }
  }
  const problems = open()
  if (problems.length > 0) throw new PiasError('config.invalid', problems.join('; '))

  return {
    find: clientId => {
      recheck()
      return clients.get(clientId)
    },
    all: () => {
      recheck()
      return [...clients.values()]
    },
  }
}

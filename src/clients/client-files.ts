import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type ClientMetadata, clientMetadataSchema } from './client-metadata.ts'

/** One client file as it is on disk now; `stamp` changes whenever the file does. */
export type ClientFile = { readonly path: string; readonly stamp: string }

/** What a client file held: a client, or what is wrong with it by field. */
export type ParsedClientFile = { readonly client: ClientMetadata } | { readonly problems: readonly string[] }

const fileAt = (path: string): ClientFile | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() ? { path, stamp: `${stat.mtimeMs}:${stat.size}:${stat.ino}` } : undefined
}

/** Lists the client files of a folder: every `NAME.json`, and `NAME/client.json` one level down. */
export const listClientFiles = (dir: string): ClientFile[] =>
  readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(entry => {
      if (entry.name.startsWith('.')) return undefined
      if (entry.name.endsWith('.json')) return fileAt(join(dir, entry.name))
      return entry.isDirectory() ? fileAt(join(dir, entry.name, 'client.json')) : undefined
    })
    .filter(file => file !== undefined)

/** Reads and validates one client file; a problem reads `FILE: field: what is wrong`. */
export const parseClientFile = (dir: string, file: ClientFile): ParsedClientFile => {
  const name = relative(dir, file.path)
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file.path, 'utf8'))
  } catch (error) {
    return { problems: [`${name}: ${(error as Error).message}`] }
  }
  const parsed = clientMetadataSchema.safeParse(json)
  if (parsed.success) return { client: parsed.data }
  return {
    problems: parsed.error.issues.map(issue => `${name}: ${issue.path.join('.') || '(root)'}: ${issue.message}`),
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { z } from 'zod'
import { inputWords } from '#src/kernel/input-words.ts'

/** What a file must hold to describe a thing. */
export type Schema<Thing> = z.ZodType<Thing, unknown>

/** One file as it is on disk now; `stamp` changes whenever the file does. */
export type DescribedFile = { readonly path: string; readonly stamp: string }

/** What a file held: a thing, or what is wrong with it by field. */
type ParsedFile<Thing> = { readonly thing: Thing } | { readonly problems: readonly string[] }

const fileAt = (path: string): DescribedFile | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() ? { path, stamp: `${stat.mtimeMs}:${stat.size}:${stat.ino}` } : undefined
}

/** Lists the files of a folder: every `NAME.json`, and `NAME/<kind>.json` one level down. */
export const listFiles = (dir: string, kind: string): DescribedFile[] =>
  readdirSync(dir, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(entry => {
      if (entry.name.startsWith('.')) return undefined
      if (entry.name.endsWith('.json')) return fileAt(join(dir, entry.name))
      return entry.isDirectory() ? fileAt(join(dir, entry.name, `${kind}.json`)) : undefined
    })
    .filter(file => file !== undefined)

/** Reads and validates one file; a problem reads `FILE: field: what is wrong`. */
export const parseFile = <Thing>(dir: string, file: DescribedFile, schema: Schema<Thing>): ParsedFile<Thing> => {
  const name = relative(dir, file.path)
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file.path, 'utf8'))
  } catch (error) {
    return { problems: [`${name}: ${(error as Error).message}`] }
  }
  const parsed = schema.safeParse(json, { error: inputWords })
  if (parsed.success) return { thing: parsed.data }
  return {
    problems: parsed.error.issues.map(issue => `${name}: ${issue.path.join('.') || '(root)'}: ${issue.message}`),
  }
}

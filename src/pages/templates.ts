import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ejs from 'ejs'
import { PiasError } from '#src/kernel/errors.ts'
import type { Messages } from './messages.ts'

/** Runs the template of this name, such as `pages/notice`. @throws Error when there is none, or it fails */
export type RunTemplate = (name: string, locals: object) => string

type Template = (locals: object) => string

/** What a template sees: words, the view, the page's own part of it, one item of a list, and other templates. */
const LOCALS = ['t', 'view', 'content', 'item', 'partial']

/** Only names of templates and words, written as literals, can be checked before anybody sees the page. */
const KEYS_IN_TEMPLATES = /\bt\('([^']+)'/g

/**
 * EJS without `with`: templates see {@link LOCALS} and nothing else, and an unknown name fails instead of being empty.
 * `partial` instead of EJS's `include`, which asks the file system at every rendering.
 */
const compile = (source: string): Template =>
  ejs.compile(source, { strict: true, compileDebug: false, rmWhitespace: true, destructuredLocals: LOCALS })

const readTemplates = (dir: string, messages: Messages): Map<string, Template> => {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ejs'))
  const templates = names.map(name => {
    const source = readFileSync(join(dir, name), 'utf8')
    const wordless = [...source.matchAll(KEYS_IN_TEMPLATES)].find(([, key]) => !messages.has(key ?? ''))
    if (wordless !== undefined) throw new Error(`${name} wants words under ${wordless[1]}`)
    return [name.replaceAll('\\', '/').slice(0, -'.ejs'.length), compile(source)] as const
  })
  return new Map(templates)
}

/**
 * Compiles every template under `viewsDir` once; nothing is read afterwards. A template includes another by
 * `partial(name, more)`, which sees the same locals and `more`.
 * @throws PiasError `config.invalid` when a template cannot be used, or wants words that no catalogue has
 */
export const createTemplates = (viewsDir: string, messages: Messages): RunTemplate => {
  let templates: ReadonlyMap<string, Template>
  try {
    templates = readTemplates(viewsDir, messages)
  } catch (cause) {
    throw new PiasError('config.invalid', `cannot use the templates in ${viewsDir}`, { cause })
  }
  const run: RunTemplate = (name, locals) => {
    const template = templates.get(name)
    if (template === undefined) throw new Error(`there is no template ${name}`)
    const partial = (other: string, more?: object): string => run(other, { ...locals, ...more })
    return template({ ...locals, partial })
  }
  return run
}

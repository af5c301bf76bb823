import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'

/** The words under a key in one language, with `{name}` replaced by `params.name`. */
export type Translate = (key: string, params?: Readonly<Record<string, string>>) => string

export type Messages = {
  /** Words of one language. @throws PiasError `server.failed` for a key or parameter that is missing. */
  in(locale: Locale): Translate
  /** Whether there are words under this key (in all languages: loading made sure). */
  has(key: string): boolean
}

type Catalogue = ReadonlyMap<string, string>

const PLACEHOLDER = /\{(\w+)\}/g

const placeholdersOf = (text: string): string => [...new Set(text.match(PLACEHOLDER))].sort().join(' ')

const readCatalogue = (dir: string, locale: Locale): Catalogue => {
  const file = join(dir, `${locale}.json`)
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
    const wordless = entries.find(([, text]) => typeof text !== 'string' || text.trim() === '')
    if (wordless !== undefined) throw new Error(`no words under ${wordless[0]}`)
    return new Map(entries as [string, string][])
  } catch (cause) {
    throw new PiasError('config.invalid', `cannot use the words in ${file}`, { cause })
  }
}

const problemsBetween = (reference: Catalogue, other: Catalogue, locale: Locale): string[] => {
  const missing = [...reference.keys()].filter(key => !other.has(key)).map(key => `${locale} lacks ${key}`)
  const surplus = [...other.keys()].filter(key => !reference.has(key)).map(key => `only ${locale} has ${key}`)
  const differing = [...reference]
    .filter(([key, text]) => other.has(key) && placeholdersOf(text) !== placeholdersOf(other.get(key) ?? ''))
    .map(([key]) => `${locale} has other placeholders in ${key}`)
  return [...missing, ...surplus, ...differing]
}

const translate =
  (catalogue: Catalogue, locale: Locale): Translate =>
  (key, params = {}) => {
    const text = catalogue.get(key)
    if (text === undefined) throw new PiasError('server.failed', `no words under ${key} in ${locale}`)
    return text.replace(PLACEHOLDER, (_, name: string) => {
      const value = params[name]
      if (value === undefined) throw new PiasError('server.failed', `${key} needs the parameter ${name}`)
      return value
    })
  }

/**
 * Loads `<dir>/{nl,fr,de,en}.json`: flat objects from key to words.
 * @throws PiasError `config.invalid` unless all languages have the same keys with the same placeholders.
 */
export const createMessages = (options: { dir: string }): Messages => {
  const catalogues = new Map(LOCALES.map(locale => [locale, readCatalogue(options.dir, locale)]))
  const catalogueOf = (locale: Locale): Catalogue => catalogues.get(locale) ?? new Map()
  const reference = catalogueOf(LOCALES[0])
  const problems = LOCALES.flatMap(locale => problemsBetween(reference, catalogueOf(locale), locale))
  if (problems.length > 0) throw new PiasError('config.invalid', `the languages differ: ${problems.join('; ')}`)
  const translators = new Map(LOCALES.map(locale => [locale, translate(catalogueOf(locale), locale)]))
  return {
    in: locale => translators.get(locale) ?? translate(reference, locale),
    has: key => reference.has(key),
  }
}

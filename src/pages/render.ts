import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ejs from 'ejs'
import { PiasError } from '#src/kernel/errors.ts'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import type { Assets } from './assets.ts'
import { createMessages, type Messages, type Translate } from './messages.ts'
import type { PageView } from './page-view.ts'
import { toView } from './to-view.ts'
import type { PageInput, PageName } from './view-models.ts'

/** How the pages name and dress the house; all optional, plain text by default. Images are of PIAS's own origin. */
export type Brand = {
  readonly name?: string | undefined
  readonly logoUrl?: string | undefined
  readonly helpUrl?: string | undefined
  readonly privacyUrl?: string | undefined
  readonly accessibilityUrl?: string | undefined
  /** itsme's mark, and its button's words where they differ from ours (their brand portal decides). */
  readonly itsmeLogoUrl?: string | undefined
  readonly itsmeLabels?: Partial<Record<Locale, string>> | undefined
}

export type Pages = {
  /** The whole HTML document of a page. @throws PiasError `server.failed` when a template or its words are at fault. */
  render<P extends PageName>(page: P, input: PageInput<P>): string
}

/** Runs the template of this name with the locals of the one that asks for it, and more. */
type RunPartial = (name: string, more?: object) => string
type Template = (locals: object) => string

/** What a template sees: words, the view, the page's own part of it, one item of a list, and other templates. */
const LOCALS = ['t', 'view', 'content', 'item', 'partial']

/** Only names of templates and words, written as literals, can be checked before anybody sees the page. */
const KEYS_IN_TEMPLATES = /\bt\('([^']+)'/g

const DEFAULT_BRAND = {
  name: 'Proximus',
  helpUrl: 'https://www.proximus.be/support',
  privacyUrl: 'https://www.proximus.be/privacy',
}

/** Undefined members of an override leave the default in place. */
const withDefaults = (brand: Brand): Brand & typeof DEFAULT_BRAND =>
  ({
    ...DEFAULT_BRAND,
    ...(Object.fromEntries(Object.entries(brand).filter(([, value]) => value !== undefined)) as Brand),
  }) as Brand & typeof DEFAULT_BRAND

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

const toLanguages = (messages: Messages, locale: Locale, links: Readonly<Record<Locale, string>> | undefined) =>
  links === undefined
    ? []
    : LOCALES.map(each => ({
        locale: each,
        name: messages.in(each)('language.name'),
        href: links[each],
        current: each === locale,
      }))

/** Errors of code that no catalogue knows get the words of our own failure. */
const wordsOf = (view: PageView, messages: Messages): string =>
  messages.has(`${view.words}.title`) ? view.words : 'errors.server.failed'

/** Words may always name the app that asks and the upstream of the login; pages that know a name better say so. */
const withNames = (t: Translate, names: { app: string | undefined; upstream: string | undefined }): Translate => {
  const known = { app: names.app ?? t('app.unnamed'), upstream: names.upstream ?? t('upstream.unnamed') }
  return (key, params = {}) => t(key, { ...known, ...params })
}

/**
 * Compiles every template under `viewsDir` once, with the words of `viewsDir/locales`; nothing is read afterwards.
 * @throws PiasError `config.invalid` when a template or a catalogue cannot be used.
 */
export const createPages = (deps: { viewsDir: string; assets: Pick<Assets, 'urlOf'>; brand?: Brand }): Pages => {
  const { viewsDir, assets } = deps
  const brand = withDefaults(deps.brand ?? {})
  const messages = createMessages({ dir: join(viewsDir, 'locales') })
  let templates: ReadonlyMap<string, Template>
  try {
    templates = readTemplates(viewsDir, messages)
  } catch (cause) {
    throw new PiasError('config.invalid', `cannot use the templates in ${viewsDir}`, { cause })
  }

  const run = (name: string, locals: object): string => {
    const template = templates.get(name)
    if (template === undefined) throw new Error(`there is no template ${name}`)
    const partial: RunPartial = (other, more) => run(other, { ...locals, ...more })
    return template({ ...locals, partial })
  }

  return {
    render: (page, input) => {
      const { locale, client, upstream, reference } = input
      const shown = toView(page, input.model, locale)
      const view = {
        ...shown,
        words: wordsOf(shown, messages),
        locale,
        client,
        reference,
        brand: { ...brand, helpUrl: client?.helpUrl ?? brand.helpUrl },
        upstreamButton: upstream?.button ?? 'plain',
        itsmeLabel: brand.itsmeLabels?.[locale],
        languages: toLanguages(messages, locale, input.languageLinks),
        styles: assets.urlOf('pages.css', client?.accent),
        script: assets.urlOf('submit-once.js'),
      }
      const named = 'clientName' in input.model ? input.model.clientName : undefined
      const t = withNames(messages.in(locale), { app: named ?? client?.name, upstream: upstream?.name })
      try {
        return run('layout', { t, view, content: shown.content })
      } catch (cause) {
        throw new PiasError('server.failed', `cannot render the page ${page}`, { cause })
      }
    },
  }
}

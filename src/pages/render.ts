import { join } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import type { Assets } from './assets.ts'
import { type Brand, withDefaults } from './brand.ts'
import { FORMS } from './forms.ts'
import { createMessages, type Messages, type Translate } from './messages.ts'
import type { PageView } from './page-view.ts'
import type { StyleIndex } from './style/style-index.ts'
import { createTemplates } from './templates.ts'
import { toView } from './to-view.ts'
import type { PageInput, PageName } from './view-models.ts'

/** What stands around a page of the console. Without a visitor there is nobody to log out. */
export type ConsoleFrame = {
  readonly nav: readonly { readonly text: string; readonly href: string; readonly current: boolean }[]
  readonly visitor: { readonly roles: string; readonly csrf: string } | undefined
  readonly reference: string
}

export type Pages = {
  /** The whole HTML document of a page. @throws PiasError `server.failed` when a template or its words are at fault. */
  render<P extends PageName>(page: P, input: PageInput<P>): string
  /** The style page (`views/style`), for developers. */
  renderStyle(index: StyleIndex): string
  /** A page of the console (`views/console`), for admins: in English. */
  renderConsole(frame: ConsoleFrame, content: object): string
  /** The messages that would have been sent (`views/style/outbox`), for developers. */
  renderOutbox(sent: readonly object[]): string
}

/** Pages whose form does something else than wait for its person; the others have `forms.js`. */
const SCRIPTS: Readonly<Partial<Record<PageName, string>>> = {
  'auto-submit': 'submit.js',
  passkey: 'passkey.js',
  'account-ways': 'passkey.js',
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

type Names = { brand: string; app: string | undefined; upstream: string | undefined }

/** Words may always name the house, the app that asks and the upstream of the login. */
const withNames = (t: Translate, { brand, app, upstream }: Names): Translate => {
  const known = { brand, app: app ?? t('app.unnamed'), upstream: upstream ?? t('upstream.unnamed') }
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
  const run = createTemplates(viewsDir, messages)
  const forDevelopers = { styles: ['pages.css', 'style.css'].map(name => assets.urlOf(name)) }

  return {
    render: (page, input) => {
      const { locale, client, upstream, reference } = input
      const shown = toView(page, input.model, locale)
      const view = {
        ...shown,
        words: wordsOf(shown, messages),
        form: FORMS[page] !== undefined,
        locale,
        client,
        reference,
        brand: { ...brand, helpUrl: client?.helpUrl ?? brand.helpUrl },
        upstreamButton: upstream?.button ?? 'plain',
        itsmeLabel: brand.itsmeLabels?.[locale],
        contactHours: brand.contactHours?.[locale],
        languages: toLanguages(messages, locale, input.languageLinks),
        styles: assets.urlOf('pages.css', client?.accent),
        script: assets.urlOf(SCRIPTS[page] ?? 'forms.js'),
      }
      const named = 'clientName' in input.model ? input.model.clientName : undefined
      const t = withNames(messages.in(locale), {
        brand: brand.name,
        app: named ?? client?.name,
        upstream: upstream?.name,
      })
      try {
        return run('layout', { t, view, content: shown.content })
      } catch (cause) {
        throw new PiasError('server.failed', `cannot render the page ${page}`, { cause })
      }
    },
    renderStyle: index => run('style/index', { view: forDevelopers, content: index }),
    renderConsole: (frame, content) =>
      run('console/layout', {
        view: {
          ...frame,
          styles: ['pages.css', 'console.css'].map(name => assets.urlOf(name)),
          script: assets.urlOf('forms.js'),
        },
        content,
      }),
    renderOutbox: sent => run('style/outbox', { view: forDevelopers, content: { sent } }),
  }
}

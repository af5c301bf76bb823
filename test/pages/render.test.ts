import { gzipSync } from 'node:zlib'
import { ERROR_CODES, type ErrorCode } from '#src/kernel/errors.ts'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'
import { FORMS } from '#src/pages/forms.ts'
import { createPages } from '#src/pages/render.ts'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'
import { attributes, readableText, startPages, tags, VIEWS_DIR } from './support.ts'

const { assets, pages } = startPages()

const LANGUAGE_LINKS = { nl: '?lang=nl', fr: '?lang=fr', de: '?lang=de', en: '?lang=en' }

/** Pages that show that there is nothing to do, though their kind has a form. */
const NOTHING_TO_SEND = new Set(['account-records (none)'])

const WALK = PAGE_STATES.flatMap(entry =>
  LOCALES.map(locale => ({
    name: `${entry.page} (${entry.state}) in ${locale}`,
    entry,
    locale,
    html: pages.render(entry.page, { ...entry.input, locale, languageLinks: LANGUAGE_LINKS }),
  })),
)

describe.each(WALK)('$name', ({ entry, locale, html }) => {
  test('is a document in its language with one heading', () => {
    expect(html).toMatch(/^<!DOCTYPE html>\s*<html lang="/)
    expect(attributes(html, 'lang')[0]).toBe(locale)
    expect(tags(html, 'h1')).toHaveLength(1)
    expect(html).toMatch(/<title>[^<]{5,}<\/title>/)
  })

  test('shows words, not keys or missing values', () => {
    expect(readableText(html)).not.toMatch(/\b(errors|prove|facts|layout|actions)\.[a-z_]/)
    expect(html).not.toMatch(/undefined|\[object|\{\w+\}/)
  })

  test('ties labels, hints and summaries to elements that exist once', () => {
    const ids = attributes(html, 'id')
    expect(new Set(ids).size).toBe(ids.length)
    const pointed = ['for', 'aria-describedby', 'aria-labelledby'].flatMap(name => attributes(html, name))
    const anchors = attributes(html, 'href').filter(href => href.startsWith('#'))
    for (const id of pointed.flatMap(value => value.split(' '))) expect(ids).toContain(id)
    for (const href of anchors) expect(ids).toContain(href.slice(1))
    const inputs = tags(html, 'input').filter(input => !input.includes('type="hidden"'))
    for (const input of inputs) expect(attributes(html, 'for')).toContain(attributes(input, 'id')[0])
  })

  test('leaves one thing to do first', () => {
    expect(html.match(/class="(?:button |choice )?(?:primary|itsme)"/g)?.length ?? 0).toBeLessThanOrEqual(1)
  })

  test('needs nothing inline and stays within the budget', () => {
    expect(html).not.toMatch(/\sstyle=|\son\w+=|<style|javascript:/)
    for (const script of tags(html, 'script')) expect(script).toMatch(/ src="\/assets\/[\w.-]+" defer/)
    const requests = [...attributes(html, 'src'), ...tags(html, 'link').flatMap(link => attributes(link, 'href'))]
    expect(requests.filter(url => !url.startsWith('data:')).length).toBeLessThanOrEqual(3)
    expect(gzipSync(html).length).toBeLessThanOrEqual(12 * 1024)
  })

  test('has a form where the policy allows one and there is something to send, and nowhere else', () => {
    const hasForm = FORMS[entry.page] !== undefined && !NOTHING_TO_SEND.has(`${entry.page} (${entry.state})`)
    expect(tags(html, 'form').length > 0).toBe(hasForm)
  })

  test('says Error first when something must be corrected', () => {
    const wrong = 'error' in entry.input.model
    expect(html.includes('class="error-summary"')).toBe(wrong)
    expect(/<title>(Fout|Erreur|Fehler|Error)\W/.test(html)).toBe(wrong)
  })
})

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=y>&lt;%= t %>`

test.each(PAGE_STATES.map(entry => ({ name: `${entry.page} (${entry.state})`, entry })))(
  '$name escapes',
  ({ entry }) => {
    const poison = (value: unknown): unknown => {
      if (typeof value === 'string') return HOSTILE
      if (Array.isArray(value)) return value.map(poison)
      if (value === null || typeof value !== 'object') return value
      return Object.fromEntries(
        Object.entries(value).map(
          ([key, each]) => [key, KEPT.has(key) && typeof each === 'string' ? each : poison(each)] as const,
        ),
      )
    }
    const NAMES = [
      'label',
      'error',
      'data',
      'outcome',
      'method',
      'lastMethod',
      'trouble',
      'what',
      'serviceLine',
      'role',
    ]
    const KEPT = new Set(NAMES)
    const input = poison({ ...entry.input, client: { name: 'x', accent: 'x', logoUrl: 'x', helpUrl: 'x' } })
    const html = pages.render(entry.page, { ...(input as typeof entry.input), locale: 'en' })
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toContain('<script>')
    expect(html).not.toContain('<img src=x')
    expect(html).not.toContain(`"${HOSTILE.slice(0, 3)}`)
  },
)

describe('choose-method', () => {
  const WAYS = { upstream: '/retry', password: '/password', passkey: '/passkey' } as const
  type Method = keyof typeof WAYS
  const told = (locale: Locale, methods: readonly Method[], more: object = {}): string =>
    readableText(
      pages.render('choose-method', {
        locale,
        upstream: { name: 'itsme', button: 'itsme' },
        model: {
          ways: methods.map(method => ({ method, href: WAYS[method] })),
          opensAccounts: false,
          cancelUrl: '/cancel',
          ...more,
        },
      }),
    )
  const SAME_BUTTON = /dezelfde knop|même bouton|dieselbe Schaltfläche|same button/
  const NO_ACCOUNT =
    /account maken kan hier nu niet|possible de créer un compte|Konto können Sie hier zurzeit nicht|cannot create a new account/

  test.each(LOCALES)('in %s the same button logs in and opens accounts where it is there and may', locale => {
    const opens = { opensAccounts: true }
    expect(told(locale, ['upstream'], opens)).toMatch(SAME_BUTTON)
    expect(told(locale, ['password', 'upstream'], opens)).toMatch(SAME_BUTTON)
    for (const methods of [['upstream'], ['password', 'upstream'], ['upstream', 'password', 'passkey']] as const) {
      const text = told(locale, methods)
      expect(text).not.toMatch(SAME_BUTTON)
      expect(text).toMatch(NO_ACCOUNT)
      expect(text).not.toMatch(/maakt een account|créez un compte|erstellen ein Konto|or create an account/)
    }
  })

  test.each(LOCALES)('in %s nothing is said of itsme where it is not a way, also after trouble there', locale => {
    for (const methods of [['password'], ['passkey'], ['password', 'passkey']] as const) {
      for (const more of [{}, { trouble: 'unavailable' }, { trouble: 'denied' }]) {
        const text = told(locale, methods, more)
        expect(text).not.toMatch(/itsme|opnieuw|réessay|erneut|try again/)
        expect(text).toMatch(NO_ACCOUNT)
      }
    }
    expect(told(locale, ['upstream', 'password'], { trouble: 'unavailable' })).toContain('itsme')
  })
})

describe('unresolved', () => {
  test('differs in nothing but its addresses, whatever is known of the person', () => {
    const links = { proveUrl: '/p', newUrl: '/n', cancelUrl: '/c' }
    const html = pages.render('unresolved', { locale: 'nl', model: { ...links } })
    const withMore = { ...links, candidates: 3, customerId: '600123456' }
    expect(pages.render('unresolved', { locale: 'nl', model: withMore })).toBe(html)
  })
})

describe('prove', () => {
  const model = { action: '/a', csrf: 'the-token', backUrl: '/b' }
  const values = { customerId: '600 123', invoiceReference: 'INV 7' }

  test('posts what the interaction reads, and keeps what was typed', () => {
    const html = pages.render('prove', { locale: 'en', model: { ...model, values, error: 'wrong' } })
    expect(attributes(html, 'name')).toEqual(expect.arrayContaining(['csrf', 'customerId', 'invoiceReference']))
    expect(attributes(html, 'value')).toEqual(['the-token', '600 123', 'INV 7'])
  })

  test('wrong numbers are wrong together and never say which one', () => {
    const html = pages.render('prove', { locale: 'en', model: { ...model, values, error: 'wrong' } })
    const inputs = tags(html, 'input').filter(input => input.includes('type="text"'))
    expect(inputs.every(input => input.includes('aria-invalid="true"') && input.includes('customerId-error'))).toBe(
      true,
    )
  })

  test('only what is empty is asked for', () => {
    const html = pages.render('prove', {
      locale: 'en',
      model: { ...model, values: { customerId: '600' }, error: 'incomplete' },
    })
    expect(html.match(/Enter the invoice reference\./g)).toHaveLength(2)
    expect(html).not.toContain('Enter your customer number.')
  })
})

describe('new account', () => {
  test.each([
    ['nl', '14 maart 1988'],
    ['fr', '14 mars 1988'],
    ['de', '14. März 1988'],
    ['en', '14 March 1988'],
  ] as const)('writes the birth date out in %s', (locale, written) => {
    const facts = [{ label: 'birthdate', value: '1988-03-14' }] as const
    const html = pages.render('new-account', { locale, model: { action: '/a', csrf: 't', facts, backUrl: '/b' } })
    expect(html).toContain(`>${written}</dd>`)
  })

  test.each(['1988', '1988-13-40', '1 < 2'])('leaves %s as it is', value => {
    const facts = [{ label: 'birthdate', value }] as const
    const html = pages.render('new-account', { locale: 'en', model: { action: '/a', csrf: 't', facts, backUrl: '/b' } })
    expect(readableText(html)).toContain(value.replace('<', '&lt;'))
  })
})

describe('error', () => {
  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s has its own words in every language', code => {
    const texts = LOCALES.map(locale => readableText(pages.render('error', { locale, model: { code } })))
    expect(new Set(texts).size).toBe(LOCALES.length)
  })

  test('an unknown code gets the words of our own failure', () => {
    const html = pages.render('error', { locale: 'en', model: { code: 'no.such_code' } })
    expect(html).toContain('Something went wrong on our side')
    expect(html).toContain('<code translate="no">no.such_code</code>')
  })
})

describe('logout', () => {
  test('only yes sends the field that ends the session', () => {
    const html = pages.render('logout', {
      locale: 'en',
      model: { action: '/out', xsrf: 'secret', clientName: 'Doktr' },
    })
    expect(tags(html, 'button').map(button => attributes(button, 'name'))).toEqual([['logout'], []])
    expect(attributes(html, 'value')).toEqual(['secret', 'yes'])
    expect(html).toContain('You came from Doktr.')
  })
})

describe('dress', () => {
  test('an accent changes the stylesheet, an unreadable one does not', () => {
    const model = { checkUrl: '/' }
    const stylesheet = (accent: string) =>
      attributes(pages.render('wait', { locale: 'en', model, client: { name: 'A', accent } }), 'href').find(href =>
        href.endsWith('.css'),
      )
    expect(stylesheet('#00695c')).not.toBe(stylesheet('#ffee00'))
    expect(stylesheet('#ffee00')).toBe(assets.urlOf('pages.css'))
  })

  test("logos, itsme's label and links are configuration", () => {
    const LABELS = { nl: 'Ga', fr: 'Va', de: 'Los', en: 'Go' }
    const dressed = createPages({
      viewsDir: VIEWS_DIR,
      assets,
      brand: { logoUrl: '/logo.svg', accessibilityUrl: '/a11y', itsmeLogoUrl: '/itsme.svg', itsmeLabels: LABELS },
    })
    const model = { retryUrl: '/retry', cancelUrl: '/cancel' }
    const upstream = { name: 'itsme', button: 'itsme' } as const
    const html = dressed.render('upstream-denied', {
      locale: 'en',
      model,
      upstream,
      client: { name: 'A', helpUrl: '/help' },
    })
    expect(attributes(html, 'src')).toEqual(['/logo.svg', '/itsme.svg'])
    expect(attributes(html, 'href')).toEqual(expect.arrayContaining(['/a11y', '/help', '/retry']))
    expect(html).toContain('<span>Go</span>')
    expect(pages.render('upstream-denied', { locale: 'nl', model, upstream })).toContain(
      '<span>Aanmelden met itsme</span>',
    )
  })
})

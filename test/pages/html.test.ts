import { HtmlValidate } from 'html-validate'
import { LOCALES } from '#src/kernel/identity.ts'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'
import { startPages } from './support.ts'

const { pages } = startPages()
const LANGUAGE_LINKS = { nl: '?lang=nl', fr: '?lang=fr', de: '?lang=de', en: '?lang=en' }

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
})

const problemsOf = async (html: string): Promise<string[]> => {
  const { results } = await validator.validateString(html)
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  )
}

test.each(
  PAGE_STATES.flatMap(entry => LOCALES.map(locale => ({ name: `${entry.page}/${entry.state}`, entry, locale }))),
)('$name in $locale is valid HTML', async ({ entry, locale }) => {
  const html = pages.render(entry.page, { ...entry.input, locale, languageLinks: LANGUAGE_LINKS })
  expect(await problemsOf(html)).toEqual([])
})

test('html-validate is awake', async () => {
  expect(await problemsOf('<!DOCTYPE html><html><body><p><div></div></p></body></html>')).not.toEqual([])
})

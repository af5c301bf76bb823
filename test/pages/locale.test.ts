import { chooseLocale, type LocaleHints } from '#src/pages/locale.ts'

const ALL: LocaleHints = {
  chosen: 'de',
  uiLocales: 'fr-BE nl',
  cookie: 'nl',
  acceptLanguage: 'en',
  clientDefault: 'nl',
}

const CASES: [string, LocaleHints, string][] = [
  ['the switcher wins', ALL, 'de'],
  ['then ui_locales', { ...ALL, chosen: undefined }, 'fr'],
  ['then the cookie', { ...ALL, chosen: undefined, uiLocales: undefined }, 'nl'],
  ['then Accept-Language', { acceptLanguage: 'en', clientDefault: 'nl' }, 'en'],
  ['then the app', { clientDefault: 'nl' }, 'nl'],
  ['nothing said', {}, 'en'],
  ['the first of ui_locales that we speak', { uiLocales: 'es pt-BR  fr-BE nl' }, 'fr'],
  ['ui_locales in any case', { uiLocales: 'NL-be' }, 'nl'],
  ['ui_locales that we do not speak', { uiLocales: 'es', acceptLanguage: 'de' }, 'de'],
  ['a three-letter language that begins like ours', { uiLocales: 'frr nld', clientDefault: 'de' }, 'de'],
  ['quality decides', { acceptLanguage: 'fr;q=0.5, nl-BE;q=0.9, es' }, 'nl'],
  ['regions count as their language', { acceptLanguage: 'de-AT' }, 'de'],
  ['refused languages', { acceptLanguage: 'fr;q=0', clientDefault: 'de' }, 'de'],
  ['a wildcard is no preference', { acceptLanguage: '*', clientDefault: 'fr' }, 'fr'],
  ['languages beside a wildcard', { acceptLanguage: 'es, *;q=0.5, de;q=0.1', clientDefault: 'fr' }, 'de'],
  ['a cookie somebody made up', { cookie: '../../etc', acceptLanguage: 'fr' }, 'fr'],
  ['a choice somebody made up', { chosen: 'toString', clientDefault: 'nl' }, 'nl'],
  ['an empty header', { acceptLanguage: '', clientDefault: 'nl' }, 'nl'],
  ['a header of nonsense', { acceptLanguage: ';;;q=,,=', clientDefault: 'nl' }, 'nl'],
  ['a header without end', { acceptLanguage: `${'es,'.repeat(100_000)}fr`, clientDefault: 'nl' }, 'nl'],
]

test.each(CASES)('%s', (_, hints, expected) => {
  expect(chooseLocale(hints)).toBe(expected)
})

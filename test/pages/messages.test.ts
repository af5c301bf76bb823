import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ERROR_CODES } from '#src/kernel/errors.ts'
import { LOCALES } from '#src/kernel/identity.ts'
import { createMessages } from '#src/pages/messages.ts'
import { FACT_LABELS } from '#src/pages/uncertain-models.ts'
import { VIEWS_DIR } from './support.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-messages-'))
})

afterEach(() => rmSync(dir, { recursive: true }))

/** Catalogues that agree, but for the changes. */
const write = (changes: Partial<Record<(typeof LOCALES)[number], unknown>> = {}) => {
  for (const locale of LOCALES) {
    const words = changes[locale] ?? { greeting: `${locale} {name}`, farewell: 'x' }
    writeFileSync(join(dir, `${locale}.json`), typeof words === 'string' ? words : JSON.stringify(words))
  }
}

test('the catalogues agree and know every error and every fact', () => {
  const messages = createMessages({ dir: join(VIEWS_DIR, 'locales') })
  for (const code of Object.keys(ERROR_CODES)) {
    expect([code, messages.has(`errors.${code}.title`), messages.has(`errors.${code}.body`)]).toEqual([
      code,
      true,
      true,
    ])
  }
  for (const label of FACT_LABELS) expect(messages.has(`facts.${label}`)).toBe(true)
})

describe('the words of the pages', () => {
  const wordsOf = (locale: string): [string, string][] =>
    Object.entries(JSON.parse(readFileSync(join(VIEWS_DIR, 'locales', `${locale}.json`), 'utf8')))
  /** Text messages have no letters to spare, nor some of the letters. */
  const isText = (key: string): boolean => /\.sms(\.|$)/.test(key)

  test('in French keep ?, !, :, ; and « » with their word', () => {
    const broken = wordsOf('fr').filter(([key, text]) => !isText(key) && /[ \w][?!;»]| :|« /.test(text))
    expect(broken).toEqual([])
  })

  test.each(LOCALES)('in %s name no house, and have one kind of apostrophe', locale => {
    expect(
      wordsOf(locale).filter(([key, text]) => /Proximus/.test(text) || (!isText(key) && text.includes("'"))),
    ).toEqual([])
  })

  test.each(LOCALES)('in %s have short sentences', locale => {
    const sentences = wordsOf(locale).flatMap(([key, text]) =>
      text.split(/[.?!:;](?:\s|$)/).map(one => [key, one] as const),
    )
    expect(sentences.filter(([, sentence]) => sentence.split(/\s+/).length > 24)).toEqual([])
  })
})

test('replaces parameters once, so that no value can bring its own', () => {
  write()
  const t = createMessages({ dir }).in('fr')
  expect(t('greeting', { name: '{name} $& {farewell}' })).toBe('fr {name} $& {farewell}')
})

test.each([
  ['missing', { fr: { greeting: 'x {name}' } }, 'fr lacks farewell'],
  ['surplus', { de: { greeting: '{name}', farewell: 'x', more: 'y' } }, 'only de has more'],
  ['other placeholders', { en: { greeting: 'x {nom}', farewell: 'x' } }, 'en has other placeholders in greeting'],
  ['empty words', { nl: { greeting: '{name}', farewell: ' ' } }, 'nl.json'],
  ['no words', { nl: { greeting: '{name}', farewell: { a: 'b' } } }, 'nl.json'],
  ['no JSON', { nl: '{' }, 'nl.json'],
])('refuses %s', (_, changes, problem) => {
  write(changes)
  expect(() => createMessages({ dir })).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  expect(() => createMessages({ dir })).toThrow(problem)
})

test('refuses a folder without a language', () => {
  expect(() => createMessages({ dir })).toThrow(expect.objectContaining({ code: 'config.invalid' }))
})

test('a missing key or parameter is an error, never an empty place', () => {
  write()
  const t = createMessages({ dir }).in('nl')
  expect(() => t('no.such_key')).toThrow(expect.objectContaining({ code: 'server.failed' }))
  expect(() => t('greeting')).toThrow(expect.objectContaining({ code: 'server.failed' }))
})

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EVENT_WORDS } from '#src/console/events.ts'
import { ERROR_CODES } from '#src/kernel/errors.ts'

/** What stands in the audit trail is called by words on the console, and no words are left of what is not written any more. */
const SRC = join(import.meta.dirname, '..', '..', 'src')
const AUTHORS = join('console', 'event-author.ts')
const sources = globSync('**/*.ts', { cwd: SRC })
  .filter(path => path !== join('console', 'events.ts') && path !== AUTHORS)
  .map(path => readFileSync(join(SRC, path), 'utf8'))
  .join('\n')
const literals = (before: string): ReadonlySet<string> =>
  new Set([...sources.matchAll(new RegExp(`${before}'([a-z]+\\.[a-z-]+)'`, 'g'))].map(([, type = '']) => type))

const subjectOf = (type: string): string => type.split('.')[0] ?? ''

/** Names of other things whose first word is that of an event, too: a problem of the admin API, blind indexes, a file, a text. */
const OTHERS = new Set([
  'audit.record',
  'client.invalid',
  'credential.digest',
  'credential.legacy-id',
  'credential.username',
  'link.customer',
  'passkey.js',
  'passkey.unsupported',
])

test('every type of event has words', () => {
  const written = [...literals('\\btype: '), ...literals('\\b(?:event|note)\\((?:[^()]*\\? )?')]
  expect(written.length).toBeGreaterThan(40)
  // A type may also come out of a table, a constant or a choice: then its first word is that of one that is known.
  const subjects = new Set([...written, ...Object.keys(EVENT_WORDS)].map(subjectOf))
  const alike = [...literals('')].filter(
    name => subjects.has(subjectOf(name)) && !(name in ERROR_CODES) && !OTHERS.has(name),
  )
  expect([...new Set([...written, ...alike])].filter(type => !(type in EVENT_WORDS))).toEqual([])
})

test('what is no event is still there', () => {
  const all = literals('')
  expect([...OTHERS].filter(name => !all.has(name))).toEqual([])
})

test('whoever does what is told of types that there are', () => {
  const types = [...readFileSync(join(SRC, AUTHORS), 'utf8').matchAll(/'([a-z]+\.[a-z-]+)'/g)].map(
    ([, type = '']) => type,
  )
  expect(types.length).toBeGreaterThan(15)
  expect(types.filter(type => !(type in EVENT_WORDS))).toEqual([])
})

test('no words are left of what is not written', () => {
  const all = literals('')
  expect(Object.keys(EVENT_WORDS).filter(type => !all.has(type))).toEqual([])
})

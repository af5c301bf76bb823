import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EVENT_WORDS } from '#src/console/events.ts'

/** What stands in the audit trail is called by words on the console, and no words are left of what is not written any more. */
const SRC = join(import.meta.dirname, '..', '..', 'src')
const sources = globSync('**/*.ts', { cwd: SRC })
  .filter(path => path !== join('console', 'events.ts'))
  .map(path => readFileSync(join(SRC, path), 'utf8'))
  .join('\n')
const literals = (before: string): ReadonlySet<string> =>
  new Set([...sources.matchAll(new RegExp(`${before}'([a-z]+\\.[a-z-]+)'`, 'g'))].map(([, type = '']) => type))

test('every type of event has words', () => {
  const written = [...literals('\\btype: '), ...literals('\\b(?:event|note)\\((?:[^()]*\\? )?')]
  expect(written.length).toBeGreaterThan(40)
  expect(written.filter(type => !(type in EVENT_WORDS))).toEqual([])
})

test('no words are left of what is not written', () => {
  const all = literals('')
  expect(Object.keys(EVENT_WORDS).filter(type => !all.has(type))).toEqual([])
})

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '#test/support/processes.ts'

/**
 * What PIAS is measured against stays what it was: a tuned yardstick would make every ratio of docs/benchmark.md another
 * one, and nobody would see it. Whoever means to change it makes a folder beside it and measures anew.
 */
const FROZEN = {
  'bench/baseline': '_efeV38ICbIbH_KnFxsQLl7giJ0a6PktRIf_Ow_Zmlo',
  'bench/baseline-redis': 'dAwRKzz62X9IyEG8NPgyCuOGL0P3I_uyGwU0UguS8Us',
}

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter(name => name.endsWith('.ts'))
    .sort()

const digestOf = (folder: string): string => {
  const digest = createHash('sha256')
  for (const file of sourcesIn(folder)) {
    digest.update(`${file}\0${readFileSync(join(ROOT, folder, file), 'utf8')}\0`)
  }
  return digest.digest('base64url')
}

test.each(Object.entries(FROZEN))('%s is as it was frozen', (folder, digest) => {
  expect(digestOf(folder)).toBe(digest)
})

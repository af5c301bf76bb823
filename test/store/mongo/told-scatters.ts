import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '#test/support/processes.ts'

/** Who waits for what asks every shard. */
export type Asker = 'login' | 'page' | 'admin' | 'job' | 'check'

const LINE = /^\| `(\w+: \w+ by [^`]+)` \| (login|page|admin|job|check): .+ \|$/gm

/** What asks every shard, in the order and the words of the store's README, with who waits for it. */
export const toldScatters = (): ReadonlyMap<string, Asker> => {
  const text = readFileSync(join(ROOT, 'src/store/mongo/README.md'), 'utf8')
  return new Map([...text.matchAll(LINE)].map(([, scatter, asker]) => [scatter as string, asker as Asker]))
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from '#test/support/processes.ts'

// With half as many, what the process itself keeps now and then came to more than the bound.
const LINES = 8000
/** Bytes that may stay in memory for a line, on average; a line has some 450, a prepared record ten times as many. */
const MOST_KEPT = 60

test('an import keeps no more of three times the lines', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pias-import-memory-'))
  const child = 'test/customers/snapshot/import-memory-child.ts'
  const ended = await runScript(child, { args: [dir, String(LINES)] })
  await rm(dir, { recursive: true })
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  type Told = { kept: [number, number, number]; lines: number; rejected: number; more: number }
  const { kept, lines, rejected, more } = JSON.parse(ended.stdout) as Told
  expect([lines, rejected]).toEqual([3 * LINES + more, (3 * LINES + more) / 10])
  expect(kept).toHaveLength(3)
  const [of1, of2, of3] = kept
  // Whatever is made once is made by then.
  expect(of3 - of1).toBeLessThan(2 * LINES * MOST_KEPT)
  expect(of3 - of2).toBeLessThan(LINES * MOST_KEPT)
  expect(of3 / of1).toBeLessThan(1.02)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '#src/kernel/runtime.ts'
import { onOneNode, startJobs } from '#src/operations/jobs.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const createLog = () => {
  const lines: object[] = []
  const note = (fields: object, message: string) => void lines.push({ message, ...fields })
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  return { lines, logger }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(5)
}

describe('startJobs', () => {
  test('runs each job again and again, never twice at once, until it is stopped', async () => {
    const { logger, lines } = createLog()
    let runs = 0
    let running = 0
    let most = 0
    const job = {
      name: 'count',
      everyMs: 1,
      run: async () => {
        runs++
        most = Math.max(most, ++running)
        await sleep(5)
        running--
      },
    }
    const jobs = startJobs([job], { logger })
    await until(() => runs > 5)
    await jobs.stop()
    expect([running, most]).toEqual([0, 1])
    const stopped = runs
    await sleep(30)
    expect(runs).toBe(stopped)
    expect(lines).toEqual([])
  })

  test('a run that takes long is told when the node stops, also one that one node of all does', async () => {
    const { logger } = createLog()
    const dataDir = mkdtempSync(join(tmpdir(), 'pias-jobs-'))
    const store = await openSqliteStore({ dataDir, clock: Date.now })
    let begun = 0
    const run = async (stopping?: AbortSignal) => {
      begun++
      await until(() => stopping?.aborted === true)
    }
    const shared = onOneNode({ name: 'shared', everyMs: 1, run }, store.limits)
    const jobs = startJobs([{ name: 'own', everyMs: 1, run }, shared], { logger })
    await until(() => begun === 2)
    await jobs.stop()
    await store.close()
    rmSync(dataDir, { recursive: true })
    expect(begun).toBe(2)
  })

  test('a job that fails is logged and runs again', async () => {
    const { logger, lines } = createLog()
    let runs = 0
    const run = async () => {
      runs++
      throw new RangeError(`run ${runs}`)
    }
    const jobs = startJobs([{ name: 'fail', everyMs: 1, run }], { logger })
    await until(() => runs > 1)
    await jobs.stop()
    expect(lines.slice(0, 2)).toEqual([
      { message: 'job failed', job: 'fail', error: 'RangeError', detail: 'run 1' },
      { message: 'job failed', job: 'fail', error: 'RangeError', detail: 'run 2' },
    ])
  })

  test('a job that says when runs for the first time soon after the start, and then in its turn', async () => {
    const { logger } = createLog()
    let runs = 0
    const run = async () => {
      runs++
    }
    const jobs = startJobs(
      [
        { name: 'early', everyMs: 3_600_000, firstMs: 1, run },
        { name: 'late', everyMs: 3_600_000, run },
      ],
      { logger },
    )
    await until(() => runs > 0)
    await sleep(30)
    await jobs.stop()
    expect(runs).toBe(1)
  })

  test('stopping waits for a job that runs, and not for one that sleeps', async () => {
    const { logger } = createLog()
    let ended = false
    let begun = false
    const run = async () => {
      begun = true
      await sleep(50)
      ended = true
    }
    const jobs = startJobs(
      [
        { name: 'slow', everyMs: 1, run },
        { name: 'rare', everyMs: 3_600_000, run: async () => undefined },
      ],
      { logger },
    )
    await until(() => begun)
    await jobs.stop()
    expect(ended).toBe(true)
  })
})

test('onOneNode: of many nodes one runs the job in an interval, another one may in the next', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pias-jobs-'))
  let now = Date.parse('2036-11-22T12:00:00Z')
  const nodes = await Promise.all([1, 2, 3].map(() => openSqliteStore({ dataDir, clock: () => now })))
  try {
    let runs = 0
    const job = { name: 'seal', everyMs: 60_000, run: async () => void runs++ }
    const onNodes = nodes.map(({ limits }) => onOneNode(job, limits))
    await Promise.all([...onNodes, ...onNodes].map(({ run }) => run()))
    expect(runs).toBe(1)
    // As early as a node comes again that is alone.
    now += 54_000
    await onNodes[2]?.run()
    await onNodes[0]?.run()
    expect(runs).toBe(2)
  } finally {
    await Promise.all(nodes.map(store => store.close()))
    rmSync(dataDir, { recursive: true })
  }
})

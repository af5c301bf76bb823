import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planStore, withPlannedStore } from '#src/cli/offline.ts'
import { trainOnThread } from '#src/cli/training/train-on-thread.ts'
import { loadConfig } from '#src/config/load.ts'
import { FEWEST_RECORDS } from '#src/matching/train/train-model.ts'
import { drawTown } from '#test/matching/train/town.ts'
import { importLines } from '#test/support/import-lines.ts'

test('a training has its own bounded memory, says when that is not enough, and goes on with more', async () => {
  const root = await mkdtemp(join(tmpdir(), 'pias-train-thread-'))
  const config = loadConfig({ env: { PIAS_DATA_DIR: join(root, 'data') }, root })
  const plan = planStore({ loadConfig: () => config, defaultDataDir: config.dataDir }, config.dataDir)
  const town = drawTown(600)
  expect(town.length).toBeGreaterThan(FEWEST_RECORDS)
  await withPlannedStore(plan, Date.now, store => importLines(store, town))

  const order = { plan, now: Date.now() }
  await expect(trainOnThread(order, { heapMb: 4 })).rejects.toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' })
  const told: number[] = []
  const { training } = await trainOnThread(order, { onProgress: records => told.push(records) })
  expect(training).toMatchObject({ records: town.length, houses: 600 })
  expect(told.at(-1)).toBe(town.length)
  await rm(root, { recursive: true })
}, 60_000)

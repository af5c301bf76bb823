import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseOptions } from '#bench/options.ts'
import { failedGates } from '#bench/report/memory-growth.ts'
import { toTable } from '#bench/report/table.ts'

const RUN = join(import.meta.dirname, '..', '..', 'bench', 'run.ts')
const SMALL = ['--logins', '4', '--rounds', '1', '--warmup', '2', '--people', '40', '--concurrency', '2']
const START_MS = 120_000

/** A small run of the benchmark in an empty folder for temporary files, which must be empty afterwards: its JSON report. */
const runBench = async (...args: string[]) => {
  const temporary = mkdtempSync(join(tmpdir(), 'bench-test-'))
  const env = { ...process.env, TMPDIR: temporary }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--json', ...args], { env })
    return JSON.parse(stdout)
  } finally {
    expect(readdirSync(temporary)).toEqual([])
    rmdirSync(temporary)
  }
}

const number = expect.any(Number)

/** A report of so many requests per operation; `more` is what only some servers have. So few show no ratio for sure. */
const operation = (requests: number, more: object = {}) => ({
  cpuMs: number,
  cpuMsByRound: [number],
  requests,
  operationsPerSecond: number,
  p50Ms: number,
  p99Ms: number,
  ...more,
})

const positive = { asymmetricMatch: (value: unknown) => typeof value === 'number' && value > 0 }
const sent = { commands: positive, roundTrips: positive, byName: expect.any(Object) }
const redis = { redisCpuMs: number, redis: { ...sent, commandsDone: positive } }
const mongod = { mongodCpuMs: number, mongod: sent }

/** What the counts of one day may take in a store. */
const FUNNEL_BYTES = 16_384

describe('the benchmark', () => {
  let report: Awaited<ReturnType<typeof runBench>>
  beforeAll(async () => {
    report = await runBench(...SMALL, '--logins-for-memory', '4')
  }, START_MS)

  test('measures every workload on every backend beside the frozen baselines', () => {
    expect(report.calibMicros).toBeGreaterThan(0)
    expect(report.customerRecords).toBe(100)
    const { 'client-credentials': machine, ...workloads } = report.workloads
    expect(workloads).toMatchObject({
      first: {
        'baseline-memory': operation(5),
        'baseline-redis': operation(5, redis),
        'pias-sqlite': operation(4),
        'pias-mongo-redis': operation(4, { ...redis, ...mongod }),
      },
      returning: {
        'baseline-redis': operation(5, redis),
        'pias-sqlite': operation(4),
        'pias-mongo-redis': operation(4, { ...redis, ...mongod }),
      },
      sso: {
        'baseline-redis': operation(2, redis),
        'pias-sqlite': operation(2),
        'pias-mongo-redis': operation(2, { ...redis, ...mongod }),
      },
      refresh: {
        'baseline-redis': operation(1, redis),
        'pias-sqlite': operation(1),
        'pias-mongo-redis': operation(1, { ...redis, ...mongod }),
      },
    })
    expect(machine['baseline-redis']).toMatchObject(operation(1, redis))
    expect(workloads.first['baseline-redis'].redis).toMatchObject({ commands: 43, roundTrips: 19 })
  })

  test('says what is kept of a login on each backend, and how memory grows', () => {
    for (const backend of ['pias-sqlite', 'pias-mongo-redis']) {
      const { perLinkedAccount, perReturningLogin, neverExpiringKeys } = report.storage[backend]
      expect(perLinkedAccount.total).toBeGreaterThan(0)
      // The funnel's counts of the day: a page of a file, whatever the number of logins.
      expect(perReturningLogin.lasting).toBeLessThanOrEqual(FUNNEL_BYTES)
      expect(neverExpiringKeys).toBe(0)
      expect(report.memory[backend].map(({ logins }: { logins: number }) => logins)).toEqual([0, 1, 2, 3, 4])
    }
  })

  test('prints all of it as tables', () => {
    const table = toTable(report)

    expect(table).toMatch(/^first login of a customer\n {2}baseline in memory +\d+\.\d\d .*\n {2}baseline on Redis /m)
    expect(table).toMatch(/^single sign-on\n.*\n {2}PIAS on SQLite +\d+\.\d\d +\S+ +- +- +2 /m)
    expect(table).toMatch(/^ {2}baseline on Redis +43 +43 +19 +- +-$/m)
    expect(table).toMatch(/^held MiB after logins +0 +1 +2 +3 +4 +since 1$/m)
    expect(table).toMatch(/^ {2}PIAS on SQLite +(\d+(\.\d)? +){5}-?\d+\.\d$/m)
    expect(table).toMatch(/^resident MiB +0 +1 +2 +3 +4 +since 1$/m)
    const [, from = 0, , , to = 0] = report.memory['pias-sqlite'].map(({ rssMiB }: { rssMiB: number }) => rssMiB)
    expect(table).toMatch(new RegExp(`^ {2}PIAS on SQLite +(\\d+ +){5}${to - from}$`, 'm'))
    expect(table).not.toContain('GATE')
  })

  test('fails when memory grows after the first quarter of enough logins', () => {
    const samples = (logins: number, ...held: readonly number[]) =>
      held.map((heapMiB, index) => ({ logins: (index * logins) / 4, heapMiB, rssMiB: 200 + 100 * index }))
    expect(failedGates({ 'pias-sqlite': samples(20_000, 60, 80, 81, 80, 88) })).toEqual([])
    const leaking = { 'pias-sqlite': samples(20_000, 60, 80, 83, 86, 88.5), 'pias-mongo-redis': [] }
    const line = 'pias-sqlite: 8.5 MiB more are held after 20000 logins than after 5000, 8.0 at most'
    expect(failedGates(leaking)).toEqual([line])
    expect(toTable({ ...report, failed: [line] })).toContain(`GATE ${line}`)
    // Of few logins it says nothing: caches fill.
    expect(failedGates({ 'pias-sqlite': samples(4000, 20, 30, 40, 50, 60) })).toEqual([])
  })

  test('chooses workloads and backends, and has people enough for them', () => {
    expect(parseOptions([])).toMatchObject({
      backends: ['sqlite', 'mongo-redis'],
      people: 21_373,
      loginsForMemory: 20_000,
    })
    const args = ['--backend', 'sqlite', '--workload', 'sso', '--logins-for-memory', '0']
    expect(parseOptions(args)).toMatchObject({ backends: ['sqlite'], workloads: ['sso'], people: 8000 })
  })

  test.each([
    ['--only', 'nothing'],
    ['--backend', 'paper'],
    ['--workload', 'sleep'],
    ['--rounds', '0'],
  ])('refuses %s %s', (option, value) => {
    expect(() => parseOptions([option, value])).toThrow('Usage: node bench/run.ts')
  })
})

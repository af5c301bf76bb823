import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toDecisionTable } from '#bench/decisions/decision-table.ts'
import { leastOf, measureFixedWork } from '#bench/decisions/disturbance.ts'
import { failedGates, type Measured } from '#bench/decisions/gates.ts'
import { parseDecisionOptions } from '#bench/decisions/options.ts'
import type { DecisionReport } from '#bench/decisions/run-decisions.ts'

const RUN = join(import.meta.dirname, '..', '..', 'bench', 'run.ts')
const SIZES = [5000, 20_000]
const LONGEST_MS = 300_000

describe('what imports and decisions cost', () => {
  let report: DecisionReport
  beforeAll(async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'bench-test-'))
    const args = [RUN, 'matching', '--json', '--records', SIZES.join(','), '--decisions', '400', '--train']
    try {
      const env = { ...process.env, TMPDIR: temporary }
      // Exit code 1, and thus an error here, when a gate does not hold.
      const { stdout } = await promisify(execFile)(process.execPath, args, { env })
      report = JSON.parse(stdout)
    } finally {
      expect(readdirSync(temporary)).toEqual([])
      rmdirSync(temporary)
    }
  }, LONGEST_MS)

  test('the gates on keys, documents and bytes hold on both stores, whatever the machine', () => {
    expect(report.failed).toEqual([])
    expect(report.rows.map(({ backend, records }) => [backend, records])).toEqual(
      ['sqlite', 'mongo-redis'].flatMap(backend => SIZES.map(records => [backend, records])),
    )
  })

  test('both stores read the same, and people are found in them', () => {
    const [small, large] = ['sqlite', 'mongo-redis'].map(backend => report.rows.filter(row => row.backend === backend))
    expect(small?.map(({ decision }) => decision.reads)).toEqual(large?.map(({ decision }) => decision.reads))
    for (const { decision } of report.rows) {
      expect(decision.reads.documents).toBeGreaterThan(1)
      expect(decision.reads.bytes).toBeGreaterThan(500)
      expect(decision.outcomes.link).toBeGreaterThan(0.3)
      // Of the same people, what they take at least is no more than what they take.
      expect(decision.calmP99Ms).toBeLessThanOrEqual(decision.p99Ms)
      // It is made as long as the median decision.
      expect(decision.fixedP99Ms).toBeGreaterThan(decision.p50Ms / 2)
    }
  })

  test('imports are told with their memory, and all of it in tables', () => {
    for (const { imported, trained } of report.rows) {
      expect([imported.rssMiB.most > 50, Number(trained?.rssMiB.most) > 50]).toEqual([true, true])
    }
    const table = toDecisionTable(report)
    expect(table).toMatch(/^one decision +CPU ms +mongod ms +p50 ms +p99 ms +calm p99 +fixed p99 +keys +records /)
    expect(table).toMatch(/^ {2}sqlite 20,000 +\d+\.\d\d +- /m)
    expect(table).toMatch(/^import to that size +lines +seconds +lines\/s /m)
    expect(table).toMatch(/^training at that size +seconds +CPU s +mongod s +most MiB$/m)
    expect(table).toMatch(/^all gates hold$/m)
  })
})

describe('what disturbs', () => {
  test('an interruption of one pass is not in what each took at least', () => {
    expect(
      leastOf([
        [1, 50, 3],
        [40, 2, 3],
      ]),
    ).toEqual([1, 2, 3])
  })

  test('fixed work takes about as long as is said, each time', () => {
    const times = measureFixedWork(2, 50)
    expect(times).toHaveLength(50)
    // The fastest of fifty. Memory may be twice as fast then as when it was measured; a single block takes a tenth.
    expect(Math.min(...times)).toBeGreaterThan(0.4)
  })
})

describe('the gates', () => {
  const reads = { keys: 10, overflowed: 0, documents: 8, bytes: 8000, terms: 9 }
  const times = { cpuMs: 1, p50Ms: 1, p99Ms: 2, calmP99Ms: 2, fixedP99Ms: 1 }
  const decision = { ...times, mostKeys: 12, mostDocuments: 20, outcomes: { link: 1 }, reads }
  const measured = (records: number, changes: Partial<Measured['decision']> = {}): Measured => ({
    backend: 'sqlite',
    records,
    decision: { ...decision, ...changes },
  })
  const million = measured(1_000_000)
  const withReads = (changes: Partial<typeof reads>) => ({ reads: { ...reads, ...changes } })

  test.each([
    ['keys', measured(1_000_000, { mostKeys: 40 })],
    ['documents', measured(1_000_000, withReads({ documents: 60 }))],
    ['bytes', measured(1_000_000, withReads({ bytes: 40_000 }))],
    ['index entries examined', measured(1_000_000, { examined: { keys: 4000, documents: 8 } })],
    ['documents examined', measured(1_000_000, { examined: { keys: 20, documents: 800 } })],
  ])('too many %s are told', (what, one) => {
    expect(failedGates([one])).toEqual([expect.stringContaining(what)])
    expect(failedGates([million])).toEqual([])
  })

  test('too much memory of a training run is told, whatever the size', () => {
    const training = (most: number) => ({ seconds: 1, cpuSeconds: 1, rssMiB: { quarters: [], most } })
    expect(failedGates([{ ...million, trained: training(1024) }])).toEqual([])
    expect(failedGates([{ ...million, trained: training(1025) }])).toEqual([
      expect.stringContaining('MiB of a training'),
    ])
  })

  test('five times the records may be three times the candidates, of the same store', () => {
    const fiveTimes = (documents: number) => measured(5_000_000, withReads({ documents, bytes: documents * 1000 }))
    expect(failedGates([million, fiveTimes(24)])).toEqual([])
    expect(failedGates([million, fiveTimes(25)])).toEqual([expect.stringContaining('3.13 times the documents')])
    expect(failedGates([{ ...million, backend: 'mongo-redis' }, fiveTimes(25)])).toEqual([])
  })
})

describe('the command line', () => {
  test('chooses sizes and stores', () => {
    const args = ['--records', '1000,5000', '--backend', 'sqlite', '--seed', '7']
    expect(parseDecisionOptions(args)).toEqual({
      json: false,
      sizes: [1000, 5000],
      backends: ['sqlite'],
      decisions: 2000,
      seed: 7,
      train: false,
    })
  })

  test.each([
    ['--records', '5000,1000'],
    ['--records', 'many'],
    ['--backend', 'paper'],
    ['--decisions', '0'],
  ])('refuses %s %s', (option, value) => {
    expect(() => parseDecisionOptions([option, value])).toThrow('Usage: node bench/run.ts matching')
  })
})

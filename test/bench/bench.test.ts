import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const RUN = join(import.meta.dirname, '..', '..', 'bench', 'run.ts')

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

const workload = (requestsPerLogin: number) => ({
  cpuMsPerLogin: expect.any(Number),
  cpuMsPerLoginByRound: [expect.any(Number), expect.any(Number)],
  requestsPerLogin,
  loginsPerSecond: expect.any(Number),
  p50Ms: expect.any(Number),
  p99Ms: expect.any(Number),
})

describe('the benchmark', () => {
  test('measures five requests per login of the frozen baseline', async () => {
    const report = await runBench('--only', 'baseline', '--logins', '8', '--rounds', '2', '--warmup', '2')

    expect(report.baseline).toEqual(workload(5))
    expect(report.calibMicros).toBeGreaterThan(0)
    expect(report.piasFirstLogin).toBeUndefined()
    expect(report.ratio).toBeUndefined()
  })

  test('measures four requests per login of a known customer, first or returning, and compares with the baseline', async () => {
    const report = await runBench('--logins', '8', '--rounds', '2', '--warmup', '2', '--people', '60')

    expect(report.customerRecords).toBe(150)
    expect(report.piasFirstLogin).toEqual(workload(4))
    expect(report.piasReturning).toEqual(workload(4))
    expect(report.ratio).toEqual({ firstLogin: expect.any(Number), returning: expect.any(Number) })
  })

  test('refuses an option it does not know', async () => {
    await expect(runBench('--only', 'nothing')).rejects.toThrow('Usage: node bench/run.ts')
  })
})

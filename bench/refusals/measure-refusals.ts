import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readValues } from '#bench/read-values.ts'
import { quantile } from '#bench/report/statistics.ts'
import { environmentIn, startPiasProcess, startSimulatorProcess } from '#test/process/pias-process.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { HOSTILE_REQUESTS, type HostileRequest } from './hostile-requests.ts'

/** How long the refusals of one kind took, in milliseconds. */
type RefusalRow = { readonly what: string; readonly p50Ms: number; readonly p99Ms: number; readonly mostMs: number }

/** A hostile request has its answer within this, in milliseconds. */
const WITHIN_MS = 200
const WARM_UP = 20
const USAGE = 'Usage: node bench/run.ts refusals [--json] [--times 300] [--concurrency 4]'
/** Nobody is limited here: a refusal that costs nothing tells nothing. */
const UNLIMITED = { address: 10_000_000, network: 10_000_000, client: 10_000_000, account: 10_000_000 }

const timeOne = async (issuer: string, { what, path, init }: HostileRequest): Promise<number> => {
  const began = performance.now()
  const answer = await fetch(`${issuer}${path}`, init)
  await answer.arrayBuffer()
  const took = performance.now() - began
  const isRefusal = answer.status >= 400 && answer.status < 500
  const isTold = answer.headers.get('location')?.includes('error=') === true
  if (!isRefusal && !isTold) throw new Error(`${what} was answered ${answer.status}`)
  return took
}

/** One kind, so many times, a few at once. */
const measure = async (issuer: string, request: HostileRequest, times: number, atOnce: number): Promise<RefusalRow> => {
  for (let run = 0; run < WARM_UP; run++) await timeOne(issuer, request)
  const took: number[] = []
  const lane = async () => {
    while (took.length < times) took.push(await timeOne(issuer, request))
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return { what: request.what, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99), mostMs: Math.max(...took) }
}

const toRefusalTable = (rows: readonly RefusalRow[]): string =>
  [
    `${'refused'.padEnd(44)}${['p50 ms', 'p99 ms', 'most ms'].map(name => name.padStart(9)).join('')}`,
    ...rows.map(
      ({ what, p50Ms, p99Ms, mostMs }) =>
        `${what.padEnd(44)}${[p50Ms, p99Ms, mostMs].map(ms => ms.toFixed(1).padStart(9)).join('')}`,
    ),
    rows.every(({ p99Ms }) => p99Ms <= WITHIN_MS) ? `all within ${WITHIN_MS} ms` : `NOT within ${WITHIN_MS} ms`,
  ].join('\n')

/**
 * `npm run bench -- refusals`: how long a node takes to refuse what is malformed, oversized or hostile, at each endpoint.
 * @returns the report as text
 * @throws Error when something is not refused, or an option cannot be used
 */
export const measureRefusals = async (args: readonly string[]): Promise<string> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      times: { type: 'string', default: '300' },
      concurrency: { type: 'string', default: '4' },
    },
  })
  const { whole } = readValues(USAGE)
  const [times, concurrency] = [whole('times', values.times), whole('concurrency', values.concurrency)]
  const dir = mkdtempSync(join(tmpdir(), 'pias-refusals-'))
  const [port = 0] = await freePorts(1)
  const issuer = `http://localhost:${port}`
  const simulator = await startSimulatorProcess({ issuer })
  const configFile = join(dir, 'pias.json')
  writeFileSync(configFile, JSON.stringify({ rateLimits: UNLIMITED }))
  const env = { PIAS_CONFIG: configFile, PIAS_PORT: String(port), PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream }
  const node = await startPiasProcess(environmentIn(dir, env))
  try {
    const rows: RefusalRow[] = []
    for (const request of HOSTILE_REQUESTS) {
      rows.push(await measure(issuer, request, times, concurrency))
    }
    return values.json ? JSON.stringify({ withinMs: WITHIN_MS, rows }) : toRefusalTable(rows)
  } finally {
    await Promise.all([node.stop(), simulator.stop()])
    rmSync(dir, { recursive: true, force: true })
  }
}

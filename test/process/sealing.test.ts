import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import type { Running } from '#test/support/processes.ts'
import { runPias } from '#test/support/run-pias.ts'
import { until } from '#test/support/until.ts'
import {
  claimsOfLogin,
  environmentIn,
  type PiasProcess,
  startPiasProcess,
  startSimulatorProcess,
} from './pias-process.ts'

/** The audit trail of a node that runs, while the node and commands write it at once. */
const SECOND = 1000
const WRITERS = 4
const ACTS = 5
/** A machine that has other things to do may hold a node up; a node that seals too seldom is late each time. */
const ROUNDS = 10
const NODE_STARTS_MS = 120_000
const ROUNDS_MS = 240_000

let dir: string
let env: Record<string, string>
let simulator: Running & { readonly upstream: string }
let pias: PiasProcess
let store: Store
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-sealing-'))
  const [port] = (await freePorts(1)) as [number]
  simulator = await startSimulatorProcess({ issuer: `http://localhost:${port}` })
  env = environmentIn(dir, { PIAS_PORT: String(port), PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream })
  pias = await startPiasProcess(env)
  store = await openSqliteStore({ dataDir: join(dir, 'data'), clock: Date.now })
}, NODE_STARTS_MS)
afterAll(async () => {
  await Promise.all([store?.close(), pias?.stop(), simulator?.stop()])
  rmSync(dir, { recursive: true, force: true })
})

const command = (args: readonly string[], input = '') => runPias(env, dir, args, { input })

const [known] = personaLines() as unknown as [object]
const put = async (customerId: string): Promise<void> => {
  const { code, stderr } = await command(['customers', 'put'], JSON.stringify({ ...known, customerId }))
  expect([code, stderr]).toEqual([0, ''])
}

/** Commands and logins write at once; how long each event that came of it waited for its block, in milliseconds. */
const race = async (round: number): Promise<readonly number[]> => {
  const before = (await store.audit.search({ limit: 1 }))[0]?.sequence ?? 0
  const write = async (writer: number) => {
    for (let act = 0; act < ACTS; act++) await put(`MOB-${round}-${writer}-${act}`)
  }
  const logIn = () => claimsOfLogin(pias.ready.issuer, createHttpBrowser(), 'lotte')
  await Promise.all([...Array.from({ length: WRITERS }, (_, writer) => write(writer)), logIn(), logIn()])
  await until(async () => (await store.auditChain.unsealed(1)).length === 0)
  const blocks = await store.auditChain.blocks({ after: 0, limit: 10_000 })
  const sealedAt = new Map(blocks.map(block => [block.number, block.sealedAt]))
  const events = await store.auditChain.eventsOf({ first: 1, last: blocks.length })
  return events
    .filter(({ sequence }) => sequence > before)
    .map(({ at, block }) => (sealedAt.get(block) ?? Number.POSITIVE_INFINITY) - at)
}

test(
  'every event is in the chain within a second, whoever of several wrote it, and the chain is whole',
  async () => {
    const worst: number[] = []
    for (let round = 0; round < ROUNDS && !worst.some(wait => wait < SECOND); round++) {
      const waits = await race(round)
      expect(waits.length).toBeGreaterThanOrEqual(WRITERS * ACTS)
      worst.push(Math.max(...waits))
    }
    expect(Math.min(...worst)).toBeLessThan(SECOND)

    const written = (await store.audit.list({ after: 0, limit: 10_000 })).length
    const verified = await command(['audit', 'verify', '--json'])
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([0, { events: written, problems: [] }])
  },
  ROUNDS_MS,
)

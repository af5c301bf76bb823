import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { type Running, runScript } from '#test/support/processes.ts'
import {
  claimsOfLogin,
  environmentIn,
  type PiasProcess,
  startPiasProcess,
  startSimulatorProcess,
} from './pias-process.ts'

/** PIAS as a process of its own, driven by environment, standard output and signals alone. */
describe('npm run serve', () => {
  let dir: string
  let env: Record<string, string>
  let pias: PiasProcess
  let simulator: Running & { readonly upstream: string }
  let port: number
  const browser = createHttpBrowser()

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pias-serve-'))
    const [piasPort, simulatorPort] = (await freePorts(2)) as [number, number]
    port = piasPort
    const issuer = `http://localhost:${port}`
    simulator = await startSimulatorProcess({ issuer, port: simulatorPort })
    env = environmentIn(dir, { PIAS_PORT: String(port), PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream })
    const customers = join(dir, 'customers.jsonl')
    writeFileSync(
      customers,
      personaLines()
        .map(line => JSON.stringify(line))
        .join('\n'),
    )
    await runScript('src/cli/pias.ts', { args: ['customers', 'import', customers], env })
    pias = await startPiasProcess(env)
  })
  afterAll(async () => {
    await Promise.all([pias.stop(), simulator.stop()])
    rmSync(dir, { recursive: true, force: true })
  })

  test('says on standard output, in one JSON line, that it is ready', () => {
    expect(pias.ready).toEqual({ ready: true, issuer: `http://localhost:${port}`, port, pid: pias.pid })
    expect(pias.stdout().split('\n')).toEqual([expect.any(String), ''])
    expect(pias.stderr()).toBe('')
  })

  test.each(['localhost', '127.0.0.1'])('answers balancers at %s', async host => {
    for (const path of ['/livez', '/readyz']) {
      const answer = await browser.get(`http://${host}:${port}${path}`)
      expect([answer.status, answer.json()]).toEqual([200, { status: 'ok' }])
    }
  })

  test('stops on SIGTERM with 0, and finds its data again: persons, keys, sessions', async () => {
    const before = await claimsOfLogin(pias.ready.issuer, browser, 'lotte')
    const keys = (await browser.get(`${pias.ready.issuer}/jwks`)).body
    const session = browser.fork()
    expect(await pias.stop()).toEqual({ code: 0, signal: null })
    expect(pias.stdout().split('\n')).toHaveLength(2)

    pias = await startPiasProcess(env)
    expect((await browser.get(`${pias.ready.issuer}/jwks`)).body).toBe(keys)
    const after = await claimsOfLogin(pias.ready.issuer, createHttpBrowser(), 'lotte')
    expect(after.sub).toBe(before.sub)
    const resumed = await claimsOfLogin(pias.ready.issuer, session)
    expect(resumed).toMatchObject({ sub: before.sub, auth_time: before.auth_time })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('stops on %s though a browser keeps its connection', async signal => {
    const other = await startPiasProcess(environmentIn(mkdtempSync(join(dir, 'other-')), { PIAS_PORT: '0' }))
    // fetch keeps the connection open for the next request, as browsers do.
    expect((await fetch(`http://127.0.0.1:${other.ready.port}/livez`)).status).toBe(200)
    expect(await other.stop(signal)).toEqual({ code: 0, signal: null })
  })
})

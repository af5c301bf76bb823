import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { freePorts } from '#test/support/free-ports.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { ROOT, type Running, runScript, startScript } from '#test/support/processes.ts'
import type { TestServer } from '#test/support/servers/server.ts'
import { startMongo } from '#test/support/servers/start-mongo.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { choosePorts, environment, homeAfterLogin, linkedServices } from './npm-start.ts'
import { claimsOfLogin, environmentIn, startPiasProcess, startSimulatorProcess } from './pias-process.ts'

/** PIAS's own commands on MongoDB and Redis, by the variables of docs/how-to-mongo-redis.md alone. */
const dir = mkdtempSync(join(tmpdir(), 'pias-production-'))
const HOW_TO = readFileSync(join(ROOT, 'docs', 'how-to-mongo-redis.md'), 'utf8')
const running = new Set<Running>()
let servers: readonly [TestServer, TestServer]
let store: Record<string, string>

beforeEach(async () => {
  // The database is called "pias" whoever uses it, so the servers must be the test's own.
  servers = await Promise.all([startMongo({ owned: true }), startRedis({ owned: true })])
  const [mongo, redis] = servers
  const kek = join(mkdtempSync(join(dir, 'kek-')), 'kek')
  store = { PIAS_STORE: 'mongo-redis', PIAS_MONGO_URL: mongo.url, PIAS_REDIS_URL: redis.url, PIAS_KEK_FILE: kek }
})
afterEach(async () => {
  await Promise.all([...running].map(process => process.stop()))
  running.clear()
  await Promise.all(servers.map(server => server.close()))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('npm start fills the database once, whatever folder it is started in, and logs in', async () => {
  // A simulator at another address would be another itsme, with persons of its own.
  const ports = await choosePorts()
  const start = async (folder: string) => {
    const process = startScript('examples/start.ts', { env: environment(ports, join(dir, folder), store) })
    running.add(process)
    expect(await process.line(/Ctrl-C stops everything/)).toContain('The data stay in MongoDB and Redis.')
    return process
  }
  const first = await start('one')
  expect(first.stdout()).toContain('Preparing 20,000 synthetic customers')
  expect(linkedServices(await homeAfterLogin(createHttpBrowser(), ports, 'lotte'))).toHaveLength(4)

  // Another on the same folder would register the sample apps at its own ports: it is refused, and nothing of the first changes.
  const other = environment(await choosePorts(), join(dir, 'one'), store)
  const refused = await runScript('examples/start.ts', { env: other })
  expect([refused.code, refused.stdout.includes('Ready')]).toEqual([1, false])
  expect(refused.stderr).toMatch(
    /^store\.unusable: another npm start runs on \S+one: stop it first, or set another data folder .+\n$/,
  )
  expect(linkedServices(await homeAfterLogin(createHttpBrowser(), ports, 'lotte'))).toHaveLength(4)
  const count = await runScript('src/cli/pias.ts', { args: ['customers', 'count'], env: store })
  expect([count.code, count.stdout]).toEqual([0, '20000\n'])
  expect(await first.stop()).toEqual({ code: 0, signal: null })

  const second = await start('two')
  expect(second.stdout()).not.toContain('Preparing')
  expect(linkedServices(await homeAfterLogin(createHttpBrowser(), ports, 'lotte'))).toHaveLength(4)
  expect(await second.stop()).toEqual({ code: 0, signal: null })
})

test('npm run serve: the commands of the how-to, two nodes, and data that outlive both', async () => {
  const [one, two, simulatorPort] = (await freePorts(3)) as [number, number, number]
  const issuer = `http://localhost:${one}`
  const simulator = await startSimulatorProcess({ issuer, port: simulatorPort })
  running.add(simulator)
  const env = environmentIn(mkdtempSync(join(dir, 'serve-')), {
    ...store,
    PIAS_PORT: String(one),
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.upstream,
  })
  const file = join(dir, 'customers.jsonl')
  writeFileSync(
    file,
    personaLines()
      .map(line => JSON.stringify(line))
      .join('\n'),
  )

  expect((await runScript('src/cli/pias.ts', { args: ['migrate', 'status'], env })).code).toBe(2)
  const commands = [...HOW_TO.matchAll(/^npm run pias -- (.+)$/gm)].map(([, args = '']) => args)
  expect(commands).toHaveLength(4)
  const outputs: string[] = []
  for (const command of commands) {
    const args = command.replace('customers.jsonl', file).split(' ')
    const { code, stdout } = await runScript('src/cli/pias.ts', { args, env })
    expect([command, code]).toEqual([command, 0])
    outputs.push(stdout)
  }
  expect(outputs.at(-1)).toBe(`${personaLines().length}\n`)
  expect((await runScript('src/cli/pias.ts', { args: ['migrate', 'status'], env })).code).toBe(0)

  const node = await startPiasProcess(env)
  running.add(node)
  // Behind a balancer, as the second node is, it would be asked by the one issuer.
  const other = await startPiasProcess({ ...env, PIAS_PORT: String(two), PIAS_ISSUER: issuer })
  running.add(other)
  const { sub } = await claimsOfLogin(issuer, createHttpBrowser(), 'lotte')
  const keysOf = async (port: number) =>
    (await createHttpBrowser().get(`http://localhost:${port}/jwks`, { host: `localhost:${one}` })).body
  expect(await keysOf(two)).toBe(await keysOf(one))

  await Promise.all([node.stop(), other.stop()])
  const again = await startPiasProcess(env)
  running.add(again)
  expect((await claimsOfLogin(issuer, createHttpBrowser(), 'lotte')).sub).toBe(sub)
})

test('a server that is away is told in one line', async () => {
  const [port] = (await freePorts(1)) as [number]
  const config = join(dir, 'impatient.json')
  writeFileSync(config, JSON.stringify({ server: { startPatience: 0 } }))
  for (const [name, url] of [
    ['PIAS_MONGO_URL', `mongodb://127.0.0.1:${port}/?replicaSet=pias`],
    ['PIAS_REDIS_URL', `redis://127.0.0.1:${port}`],
  ] as const) {
    const env = environmentIn(mkdtempSync(join(dir, 'away-')), {
      ...store,
      PIAS_PORT: '0',
      PIAS_CONFIG: config,
      [name]: url,
    })
    const { code, stderr } = await runScript('src/main.ts', { env })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^PIAS cannot start: .*127\\.0\\.0\\.1:${port}.*\\n$`)),
    ])
  }
})

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { childrenOf, cleanEnv, ROOT, type Running, runScript, startScript } from '#test/support/processes.ts'
import { choosePorts, environment, homeAfterLogin, linkedServices, type Ports } from './npm-start.ts'

/** `npm start` as a newcomer meets it: the script itself, on ports and with data of its own. */
const dir = mkdtempSync(join(tmpdir(), 'pias-start-'))
const running = new Set<Running>()

afterEach(async () => {
  await Promise.all([...running].map(process => process.stop()))
  running.clear()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const start = async (ports: Ports, dataDir: string): Promise<Running> => {
  const started = startScript('examples/start.ts', { env: environment(ports, dataDir) })
  running.add(started)
  await started.line(/Ctrl-C stops everything/)
  return started
}

/** What stands on standard error, but for how far the import of customers is: that comes every few seconds. */
const complaints = (stderr: string): string[] =>
  stderr.split('\n').filter(line => line !== '' && !line.startsWith('importing '))

/** Those of the ports at which somebody answers. */
const answering = async (ports: Ports): Promise<number[]> => {
  const answers = await Promise.all(
    Object.values(ports)
      .flat()
      .map(port =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => [port],
          () => [],
        ),
      ),
  )
  return answers.flat()
}

/** Logs in to the console, and enters the code that the guide tells. */
const becomeOwner = async (ports: Ports, code: string): Promise<void> => {
  const console = `http://localhost:${ports.admin}`
  const browser = createHttpBrowser()
  const simulator = `http://127.0.0.1:${ports.simulator}`
  const away = (await browser.follow(`${console}/`, location => location.startsWith(simulator))).at(-1)
  const page = (await browser.follow(asPersona(away?.location, 'lotte'))).at(-1)
  const csrf = /name="csrf" value="([^"]+)"/.exec(page?.body ?? '')?.[1] ?? ''
  const done = await browser.post(`${console}/bootstrap`, { csrf, code })
  expect([done.status, done.location]).toEqual([303, `${console}/?done=owner`])
}

test('starts, tells what to click, logs in, stops, and starts again with what it knew', async () => {
  const ports = await choosePorts()
  const dataDir = join(dir, 'first', 'data')
  const first = await start(ports, dataDir)
  for (const text of [
    `http://localhost:${ports.myproximus}`,
    ...ports.others.map(port => `http://localhost:${port}`),
    `http://localhost:${ports.pias}`,
    `http://localhost:${ports.admin}`,
    `http://127.0.0.1:${ports.simulator}`,
    'Continue with itsme',
    'INT-200001',
  ]) {
    expect(first.stdout()).toContain(text)
  }
  // Whom the guide names stands on the simulator's page under that name.
  const persons = [...first.stdout().matchAll(/^ {2}(\S+(?: \S+)*?) {3,}(?!http)\S/gm)].map(([, name]) => name ?? '')
  expect(persons).toHaveLength(5)
  const picker = (await createHttpBrowser().follow(`http://localhost:${ports.myproximus}/login`)).at(-1)?.body ?? ''
  expect(persons.filter(name => !picker.includes(`>${name}<`))).toEqual([])
  const [, ownerCode = ''] = /become an owner by a code.*: ([\w-]{32})\n/.exec(first.stdout()) ?? []
  await becomeOwner(ports, ownerCode)
  const home = await homeAfterLogin(createHttpBrowser(), ports, 'lotte')
  expect(home?.body).toContain('Hello <span translate="no">Lotte</span>')
  expect(linkedServices(home)).toHaveLength(4)

  const { code, stdout } = await runScript('src/cli/pias.ts', { args: ['customers', 'count', '--data-dir', dataDir] })
  expect([code, stdout]).toEqual([0, '20000\n'])

  // The commands that it tells, typed in another terminal as they stand there.
  const commands = /^ {2}export PIAS_.*\n {2}npm run .*$/m.exec(first.stdout())?.[0] ?? 'false'
  const typed = await promisify(execFile)('sh', ['-c', commands], { cwd: ROOT, env: cleanEnv() })
  expect(typed.stdout).toContain('"killSwitch": false')

  const ended = await first.stop()
  expect(ended).toEqual({ code: 0, signal: null })
  expect(await answering(ports)).toEqual([])

  const generated = statSync(join(dataDir, 'synthetic-customers', 'customers.jsonl')).mtimeMs
  const second = await start(ports, dataDir)
  expect(second.stdout()).not.toContain('Preparing')
  expect(second.stderr()).toBe('')
  expect(statSync(join(dataDir, 'synthetic-customers', 'customers.jsonl')).mtimeMs).toBe(generated)
  expect(linkedServices(await homeAfterLogin(createHttpBrowser(), ports, 'thomas'))).not.toEqual([])

  // The embedded store is for one node: another start is refused, and the one that runs goes on.
  const refused = await runScript('examples/start.ts', { env: environment(await choosePorts(), dataDir) })
  expect([refused.code, refused.signal, refused.stdout.includes('Ready')]).toEqual([1, null, false])
  const complaint = expect.stringMatching(/node\.lock is held by another node; the sqlite store is for one node/)
  expect(complaints(refused.stderr)).toEqual([complaint])
  expect(linkedServices(await homeAfterLogin(createHttpBrowser(), ports, 'thomas'))).not.toEqual([])

  expect(await second.stop('SIGINT')).toEqual({ code: 0, signal: null })
  expect(await answering(ports)).toEqual([])
}, 300_000)

describe('what keeps it from starting is one line, and nothing is left running:', () => {
  /** Its ports are free otherwise, and its data do not exist yet: the customers are being prepared when it fails. */
  const failure = async (ports: Ports, env: Record<string, string> = {}): Promise<string> => {
    const data = join(mkdtempSync(join(dir, 'failing-')), 'data')
    const outcome = await runScript('examples/start.ts', { env: environment(ports, data, env) })
    expect(outcome).toMatchObject({ code: 1, signal: null })
    expect(outcome.stdout).not.toContain('Ready')
    const lines = complaints(outcome.stderr)
    expect(lines).toEqual([expect.any(String)])
    return lines.join()
  }

  test.each(['pias', 'simulator', 'myproximus'] as const)('the port of %s is taken', async name => {
    const ports = await choosePorts()
    const other = createServer().listen(ports[name], '127.0.0.1')
    await once(other, 'listening')
    try {
      expect(await failure(ports)).toContain(`port ${ports[name]} is`)
    } finally {
      other.close()
    }
    expect(await answering(ports)).toEqual([])
  })

  test('the place for the data is a file', async () => {
    const file = join(dir, 'file')
    writeFileSync(file, '')
    expect(await failure(await choosePorts(), { PIAS_DATA_DIR: file })).toContain(`${file} is not a folder`)
  })

  test('the configuration is broken', async () => {
    const ports = await choosePorts()
    const file = join(dir, 'broken.json')
    writeFileSync(file, '{ "server": ')
    expect(await failure(ports, { PIAS_CONFIG: file })).toContain('broken.json is not JSON')
    expect(await answering(ports)).toEqual([])
  })
})

test('when one of them ends, the others end too', async () => {
  const ports = await choosePorts()
  const started = await start(ports, join(dir, 'ending'))
  const children = childrenOf(started.pid)
  expect(children).toHaveLength(3)
  process.kill(children[1] as number, 'SIGKILL')
  expect(await started.ended()).toEqual({ code: 1, signal: null })
  expect(complaints(started.stderr())).toEqual([expect.stringMatching(/ has stopped \(SIGKILL\)$/)])
  expect(await answering(ports)).toEqual([])
})

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn } from '#test/support/log-in.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** `pias audit`, beside a node that runs. */

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
  await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
})
afterAll(() => running.close())

const audit = (...options: string[]) =>
  runPias({ PIAS_DATA_DIR: running.dataDir }, running.dataDir, ['audit', ...options])

const seal = () => running.pias.jobs.find(({ name }) => name === 'audit sealing')?.run()

test('tells what happened, the numbers of people masked unless there is a reason', async () => {
  const { stdout } = await audit('list', '--type', 'link.created', '--limit', '1')
  expect(stdout).toMatch(/^\d+ \S+Z link\.created \S+ test-app \{.*"customerId":"….{3}"/)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(await audit('list', '--reveal')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--reason'),
  })
  const revealed = await audit('list', '--type', 'link.created', '--reveal', '--reason', 'a synthetic complaint')
  expect(revealed.stdout).toMatch(/"customerId":"[A-Z]+-/)
  const [event] = (await audit('list', '--json')).stdout.split('\n')
  expect(JSON.parse(event ?? '')).toMatchObject({
    type: 'audit.revealed',
    data: { by: expect.any(String), reason: 'a synthetic complaint' },
  })
})

test('exports JSON lines and CSV of a time', async () => {
  const all = (await audit('export')).stdout.trim().split('\n')
  expect(all.map(line => JSON.parse(line).type)).toContain('account.opened')
  const csv = (await audit('export', '--format', 'csv', '--from', '2020-01-01')).stdout.trim().split('\r\n')
  expect(csv[0]).toBe('sequence,time,type,account,client,data')
  expect(csv).toHaveLength(all.length + 1)
  expect((await audit('export', '--to', '2020-01-01')).stdout).toBe('')
  expect(await audit('export', '--from', 'yesterday')).toMatchObject({ code: 2, stdout: '' })
  expect(await audit('export', '--format', 'xml')).toMatchObject({ code: 2, stdout: '' })
})

test('verify tells each note of its own that was changed as a finding, and verifies the rest', async () => {
  await seal()
  await running.pias.jobs.find(({ name }) => name === 'audit verification')?.run()
  const db = new DatabaseSync(join(running.dataDir, 'durable.db'))
  const names = "name IN ('audit-verified', 'audit-state')"
  const kept = db.prepare(`SELECT name, value FROM keys WHERE ${names}`).all() as { name: string; value: string }[]
  expect(kept).toHaveLength(2)
  db.exec(`UPDATE keys SET value = 'changed' WHERE ${names}`)
  const problems = [
    'what PIAS noted of the trail was changed: how far it was verified (audit-verified)',
    'what PIAS noted of the trail was changed: how it was found (audit-state)',
  ]
  const { code, stdout, stderr } = await audit('verify')
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(/^[1-9]\d* events in \d+ blocks\n/)
  for (const problem of problems) expect(stdout).toContain(`not whole: ${problem}\n`)
  const json = await audit('verify', '--json')
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([1, { problems, events: expect.any(Number) }])
  for (const { name, value } of kept) db.prepare('UPDATE keys SET value = ? WHERE name = ?').run(value, name)
  db.close()
  expect(await audit('verify')).toMatchObject({ code: 0 })
})

test('verify ends with 0 when the trail is whole, and with 1 when it is not', async () => {
  await seal()
  const { code, stdout } = await audit('verify')
  expect(code).toBe(0)
  const [, known = ''] = /--known: (\d+:\S+)$/m.exec(stdout) ?? []
  await running.pias.store.audit.append([{ at: Date.now(), type: 'more', data: {} }])
  await seal()
  expect(await audit('verify', '--known', known)).toMatchObject({ code: 0 })
  expect(await audit('verify', '--known', known.replace(/.$/, known.endsWith('A') ? 'B' : 'A'))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('not whole: block 1 is not the one that was kept'),
  })
  await running.pias.store.audit.append([{ at: Date.now() - 120_000, type: 'left out', data: {} }])
  expect(await audit('verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('no node is running') })
  await seal()
  const db = new DatabaseSync(join(running.dataDir, 'durable.db'))
  db.exec("UPDATE audit_events SET client_id = 'other' WHERE type = 'account.opened'")
  db.close()
  expect(await audit('verify')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('not whole: block 1 or one of its events was changed'),
  })
})

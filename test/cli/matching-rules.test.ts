import { keepModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { createTestApp, logIn } from '#test/support/log-in.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

/** `pias matching replay`, `outcomes`, `activate` and `rollback`, beside a node that runs. */

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
  await logIn(createHttpBrowser(), createTestApp(running).authorize().url, 'lotte')
  const fearful = { ...DEFAULT_MODEL, version: 't-fearful', rivalRecords: { household: 1e9, twin: 1e9, junior: 1e9 } }
  await keepModel(running.pias.store.keys, { model: fearful, trainedAt: 5, profile: {} })
})
afterAll(() => running.close())

const matching = (...args: string[]) =>
  runPias({ PIAS_DATA_DIR: running.dataDir }, running.dataDir, ['matching', ...args])

test('what another model would change is told with masked examples, and nothing is changed', async () => {
  const { store } = running.pias
  const [opened] = await store.audit.search({ type: 'link.decided', limit: 1 })
  const [record] = await store.accounts.customersOf(opened?.accountId as never)
  const { code, stdout } = await matching('replay', '--model', 't-fearful', '--people', '10')
  expect(code).toBe(0)
  expect(stdout).toContain('t-fearful, error budget 0.0001, instead of ')
  expect(stdout.match(/^ {2}link → none +1$/gm)).toHaveLength(2)
  expect(stdout).toContain(`link → none: account ${opened?.accountId}`)
  expect(stdout).not.toContain(record?.customerId ?? '')
  const strict = JSON.parse((await matching('replay', '--error-budget', '1e-15', '--json')).stdout)
  expect(strict).toMatchObject({
    decisions: { replayed: 1, outcomes: { 'link → confirm': 1 } },
    people: { decided: 1 },
  })
  // What an app in shadow only recorded is told apart.
  expect(stdout).not.toContain('only recorded')
  const { sequence: _, accountId: __, ...event } = opened as FoundAuditEvent
  await store.audit.append([1, 2].map(() => ({ ...event, type: 'link.shadowed' })))
  const args = ['--model', 't-fearful', '--people', '10']
  const told = (await matching('replay', ...args)).stdout
  expect(told).toMatch(/^decisions that were acted on: 1, .*\n(.*\n)*? {2}link → none +1\n/m)
  expect(told).toMatch(/^decisions that were only recorded, by apps in shadow: 2, .*\n(.*\n)*? {2}link → none +2\n/m)
  expect(JSON.parse((await matching('replay', ...args, '--json')).stdout)).toMatchObject({
    decisions: { replayed: 1, outcomes: { 'link → none': 1 } },
    shadow: { replayed: 2, outcomes: { 'link → none': 2 } },
  })
  const drift = await matching('drift')
  expect(drift.stdout).toMatch(/, 1 decisions\n.*\n\n2 decisions that were only recorded, by apps in shadow\n/)
  expect(JSON.parse((await matching('drift', '--json')).stdout)).toMatchObject({
    decisions: 1,
    shadow: { decisions: 2 },
  })
  expect((await matching('models')).stdout).toMatch(/ built-in in force, error budget 0.0001\n/)
})

test.each([
  [['replay', '--model', 'never']],
  [['replay', '--error-budget', '1']],
  [['replay', '--people', 'all']],
  [['outcomes', '--days', 'all']],
  [['activate', 'never']],
  [['activate', 't-fearful', '--error-budget', '0']],
])('%j is refused, by the exit code, too', async args => {
  expect(await matching(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^pias: /) })
})

test('rules are put in force with a reason, watched and rolled back', async () => {
  const activated = await matching(
    'activate',
    't-fearful',
    '--yes',
    '--error-budget',
    '1e-6',
    '--reason',
    'a synthetic reason',
  )
  expect(activated).toMatchObject({
    code: 0,
    stdout: 't-fearful is in force on all nodes within a minute, error budget 0.000001\n',
  })
  const [event] = await running.pias.store.audit.search({ type: 'matching.model', limit: 1 })
  expect(event?.data).toEqual({
    act: 'activated',
    version: 't-fearful',
    errorBudget: 1e-6,
    by: 'operator',
    reason: 'a synthetic reason',
  })
  expect((await matching('outcomes')).stdout).toMatch(
    /, error budget 0.0001, .*\n {2}link +1 \(100.0 %\)\n {2}only recorded/,
  )
  expect(JSON.parse((await matching('rollback', '--yes', '--json')).stdout)).toEqual({
    inForce: { version: DEFAULT_MODEL.version, errorBudget: 1e-4 },
  })
})

test('pias alarms tells how linking goes, and by the exit code whether somebody should look', async () => {
  const alarms = (...args: string[]) =>
    runPias({ PIAS_DATA_DIR: running.dataDir }, running.dataDir, ['alarms', ...args])
  expect(await alarms()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nobody has looked yet: /) })
  const refused = { at: Date.now(), type: 'proof.refused', data: { reason: 'wrong' } }
  await running.pias.store.audit.append(Array.from({ length: 31 }, () => refused))
  await runJobs(running.pias, ['alarms'])
  const { code, stdout } = await alarms()
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(/^refused-proofs: 31 instead of 29, since .*\n.* 1 of 1 linked at once/),
  })
  expect(JSON.parse((await alarms('--json')).stdout)).toMatchObject({ alarms: [{ name: 'refused-proofs' }] })
})

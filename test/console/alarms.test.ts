import { runJobs } from '#test/support/run-jobs.ts'
import { becomeOwner, type RunningConsole, startConsole } from './support.ts'

/** What is not as usual about linking is the first thing on the dashboard. */
let admin: RunningConsole
let ahead = 0
beforeAll(async () => {
  admin = await startConsole({ clock: () => Date.now() + ahead })
})
afterAll(() => admin.close())

test('alarms stand above everything else, each with where to look', async () => {
  const owner = await becomeOwner(admin, 'lotte')
  const read = async () => (await owner.get(`${admin.origin}/`)).body
  const { store } = admin.running.pias
  expect(await read()).toContain('not looked at yet')
  // What has not been looked at yet is soon.
  const job = admin.running.pias.jobs.find(({ name }) => name === 'alarms')
  expect(job?.firstMs).toBeLessThanOrEqual(10_000)
  await runJobs(admin.running.pias, ['alarms'])
  const calm = await read()
  expect(calm).toContain('looked at ')
  expect(calm).not.toContain('/audit?type=proof.refused')

  ahead = 6 * 60_000
  const refused = { at: Date.now(), type: 'proof.refused', data: { reason: 'wrong' } }
  await store.audit.append(Array.from({ length: 40 }, () => refused))
  await runJobs(admin.running.pias, ['alarms'])
  const raised = await read()
  expect(raised).toMatch(
    /40 proofs were refused within an hour.*Since .*href="\/audit\?type=proof\.refused".*Logged in today/s,
  )
  expect((await owner.get(`${admin.origin}/audit?type=proof.refused`)).body).toContain('proof.refused')
})

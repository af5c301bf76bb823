import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { runPias } from '#test/support/run-pias.ts'
import { becomeOwner, type RunningConsole, startConsole } from './support.ts'

/** An audit trail that somebody changed in the database is the first thing on the dashboard, until it is whole again. */
let admin: RunningConsole
let owner: HttpBrowser
let viewer: HttpBrowser
let ahead = 0
beforeAll(async () => {
  admin = await startConsole({ clock: () => Date.now() + ahead })
  owner = await becomeOwner(admin, 'lotte')
  const { accountId } = await admin.login('thomas')
  await admin.give(accountId, ['viewer'])
  viewer = await admin.signIn('thomas')
})
afterAll(() => admin.close())

const dashboard = async (browser = owner): Promise<string> => (await browser.get(`${admin.origin}/`)).body
/** A node looks every ten minutes. */
const look = async () => {
  await runJobs(admin.running.pias, ['audit sealing', 'audit verification'])
  ahead += 11 * 60_000
  // Whoever is away for longer is logged out.
  await dashboard(viewer)
  return dashboard()
}
const CHANGED = 'The audit trail is not as it was written'
const PROBLEM = 'block 1 or one of its events was changed'

test('it is told with what to do, to every role, and is over once all of the trail is whole', async () => {
  const { dataDir } = admin.running
  expect(await dashboard()).toContain('not verified yet')
  const whole = await look()
  expect(whole).toMatch(/Audit trail.*Whole.*verified \d/s)
  expect(whole).not.toContain(CHANGED)

  const db = new DatabaseSync(join(dataDir, 'durable.db'))
  const move = (by: number) =>
    db.exec(`UPDATE audit_events SET at = at + ${by} WHERE sequence = (SELECT min(sequence) FROM audit_events)`)
  move(1)
  const broken = await look()
  expect(broken).toMatch(new RegExp(`${CHANGED}.*Found .*${PROBLEM}.*pias audit verify.*Logged in today`, 's'))
  expect(broken).toMatch(/Audit trail.*Changed.*verified \d/s)
  expect(await dashboard(viewer)).toContain(CHANGED)
  // What it says to run finds the same.
  const verified = await runPias({ PIAS_DATA_DIR: dataDir }, dataDir, ['audit', 'verify'])
  expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining(PROBLEM) })
  move(-1)
  expect(await look()).not.toContain(CHANGED)

  // Whoever changed the trail may have changed what is noted of it.
  const kept = db.prepare("SELECT value FROM keys WHERE name = 'audit-verified'").get()?.value ?? ''
  const note = (value: unknown) => db.prepare("UPDATE keys SET value = ? WHERE name = 'audit-verified'").run(`${value}`)
  note('changed')
  expect(await look()).toMatch(new RegExp(`${CHANGED}.*how far it was verified \\(audit-verified\\)`, 's'))
  const found = await runPias({ PIAS_DATA_DIR: dataDir }, dataDir, ['audit', 'verify'])
  expect(found).toMatchObject({ code: 1, stdout: expect.stringContaining('(audit-verified)') })
  note(kept)
  expect(await look()).not.toContain(CHANGED)
  db.exec("UPDATE keys SET value = 'changed' WHERE name = 'audit-state'")
  expect(await dashboard()).toMatch(new RegExp(`${CHANGED}.*Found: what PIAS noted of the trail was changed`, 's'))
  expect(await look()).toMatch(/Audit trail.*Changed.*nobody knows since when/s)
  db.close()
})

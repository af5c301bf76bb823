import type { Role } from '#src/admin/roles.ts'
import type { DecisionRecord } from '#src/linking/decision-record.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { meetUncertain } from '#test/support/uncertain.ts'
import { becomeOwner, type RunningConsole, startConsole } from './support.ts'

/** What is not as usual about linking is the first thing on the dashboard, and each alarm leads to what raised it. */
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let admin: RunningConsole
let owner: HttpBrowser
let ahead = 0
beforeAll(async () => {
  admin = await startConsole({ clock: () => Date.now() + ahead })
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

const read = async (path = '/') => (await owner.get(`${admin.origin}${path}`)).body
const look = (at: number) => {
  ahead = at
  return runJobs(admin.running.pias, ['alarms']).finally(() => {
    ahead = 0
  })
}
const many = <T>(number: number, make: (at: number) => T): T[] => Array.from({ length: number }, (_, at) => make(at))

/** A decision like that of somebody who was asked, about these records alone. */
const decidedLike = (decision: DecisionRecord, outcome: DecisionRecord['outcome'], customerId: string) => {
  const [record] = decision.records
  const records = [{ ...record, customerId, verdict: outcome === 'link' ? 'linked' : 'offered' }]
  return { outcome, decision: { ...decision, outcome, records } } as never
}

test('while all is as usual nothing is told but that it was looked at', async () => {
  expect(await read()).toContain('not looked at yet')
  expect(await read('/alarms')).toContain('No node has looked yet')
  const record = await read('/alarms/record')
  expect(record).toContain('No node has looked yet')
  expect(record).not.toContain('1970')
  // What has not been looked at yet is soon.
  const job = admin.running.pias.jobs.find(({ name }) => name === 'alarms')
  expect(job?.firstMs).toBeLessThanOrEqual(10_000)
  await look(-30 * HOUR_MS)
  const calm = await read()
  expect(calm).toContain('looked at ')
  expect(calm).not.toMatch(/within an hour|than usual/)
  expect(await read('/alarms/record')).toContain('none came up')
})

test('each alarm stands above everything else in words of its own, and leads to what raised it', async () => {
  const { audit } = admin.running.pias.store
  await meetUncertain(admin.running, 'confirm')
  const [asked] = await audit.search({ type: 'link.unresolved', limit: 1 })
  if (asked === undefined) throw new Error('nobody was asked')
  const { decision } = asked.data as unknown as { decision: DecisionRecord }
  // A day ago people were linked; in the last hour they are asked, a dozen of them about one record.
  const [before, now] = [Date.now() - 25 * HOUR_MS, Date.now()]
  const usual = (at: number) => decidedLike(decision, 'link', `#usual-${at}`)
  const shared = '#synthetic-shared'
  const unusual = (at: number) => decidedLike(decision, 'confirm', at < 12 ? shared : `#unusual-${at}`)
  const refused = (at: number) => ({ at, type: 'proof.refused', data: { reason: 'wrong' } })
  await audit.append([
    ...many(600, at => ({ at: before, type: 'link.decided', clientId: 'test-app', data: usual(at) })),
    refused(before),
  ])
  await look(-25 * HOUR_MS + MINUTE_MS)
  await audit.append([
    ...many(60, at => ({ at: now - at * 100, type: 'link.unresolved', clientId: 'test-app', data: unusual(at) })),
    ...many(40, () => refused(now - MINUTE_MS)),
  ])
  await look(1000)

  const page = await read()
  /** Where the notice of these words leads; it stands above the figures. */
  const linkOf = (words: RegExp): string => {
    const notice = page.slice(0, page.indexOf('Logged in today'))
    const found = new RegExp(`${words.source}.*?Since .*?href="([^"]+)"`, 's').exec(notice)?.[1] ?? ''
    return found.replaceAll('&amp;', '&')
  }
  const links = {
    rate: linkOf(/Fewer people than usual are linked without a question: \d+\u00a0%, where 100\u00a0% is usual/),
    confirm: linkOf(/More people than usual are asked for a proof: \d+\u00a0%, where 0\u00a0% is usual/),
    proofs: linkOf(/40 proofs were refused within an hour, more than were accepted/),
    record: linkOf(/One record came up for 12 different people within an hour/),
  }

  expect([links.rate, links.confirm]).toEqual(['/alarms', '/alarms'])
  // On one line, on a phone too.
  expect(await read(links.rate)).toContain('600\u00a0(100\u00a0%)')
  const rates = (await read(links.rate)).replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' ')
  // Lotte, who was linked, and those who were asked; a day ago 600 of 600.
  expect(rates).toMatch(/Linked without a question 1 \(2 %\) 600 \(100 %\)/)
  expect(rates).toMatch(/Asked for a proof 61 \(98 %\) 0 \(0 %\)/)
  expect(rates).toMatch(/Proofs refused 40 1/)
  expect(rates).toMatch(/Different people that one record came up for, at most in an hour 12 1/)

  expect(links.proofs).toMatch(/^\/audit\?type=proof\.refused&from=\d{4}-\d\d-\d\dT[\d%A]+&to=/)
  const proofs = await read(links.proofs)
  // Those of the hour, and not the one of a day ago.
  expect(proofs.match(/<tr>/g)).toHaveLength(41)

  const record = await read(links.record)
  expect(record).toContain(`${decision.records[0]?.serviceLine} ${shared}`)
  expect(record).toContain('12 decisions')
  expect(record).not.toContain('#unusual')
  const [first = '', ...more] = [...record.matchAll(/href="(\/reviews\/undecided\/[\d.]+)"/g)].map(([, path]) => path)
  expect(more).toHaveLength(11)
  expect(await read(first)).toContain('Evidence for')
})

test('an hour that somebody was told of is looked at later, too', async () => {
  const old = await read(`/alarms/record?to=${Date.now() - 24.5 * HOUR_MS}`)
  expect(old).toContain('#usual-')
  expect(old).toContain('1 decision<')
  for (const never of ['yesterday', String(Number.MAX_SAFE_INTEGER)])
    expect((await owner.get(`${admin.origin}/alarms/record?to=${never}`)).status).toBe(422)
})

test('which record and whose decisions is told to roles that may reveal, and why not to others', async () => {
  const { accountId } = await admin.login('thomas')
  const asRole = async (role: Role) => {
    await admin.give(accountId, [role])
    const { body } = await (await admin.signIn('thomas')).get(`${admin.origin}/alarms/record`)
    return body
  }
  for (const role of ['viewer', 'linker', 'client-owner'] as const) {
    const shown = await asRole(role)
    expect(shown).toContain('12 decisions')
    expect(shown).toContain('your roles do not show')
    expect(shown).not.toMatch(/#synthetic-shared|\/reviews\/undecided|\/people\/\w/)
  }
  for (const role of ['support', 'security'] as const) {
    const shown = await asRole(role)
    expect(shown).toContain('#synthetic-shared')
    expect(shown).not.toContain('your roles do not show')
  }
})

import type { ServiceLine } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { LOTTE } from '#test/linking/people.ts'
import { verified } from '#test/linking/support.ts'
import { type AskedSystem, startAskedSystem } from '#test/support/asked-system.ts'
import { runJobs } from '#test/support/run-jobs.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

let system: AskedSystem
let running: RunningPias
afterEach(async () => {
  await running.close()
  await system.close()
})

const start = async (sources: readonly object[]) => {
  running = await startPias({ config: { customers: { sources }, matching: { deadlineMs: 30_000 } } })
  const link = (serviceLine: ServiceLine) => ({
    serviceLine,
    customerId: `${serviceLine}-GONE`,
    method: 'match' as const,
    ruleVersion: 'r',
    evidence: null,
  })
  await running.pias.store.accounts.open({
    account: { id: 'account-1' as AccountId, createdAt: 1, updatedAt: 1, claims: LOTTE },
    identity: verified(LOTTE).key,
    customers: [link('mobile'), link('tv')],
    events: [],
  })
}

test('a node asks for the linked records of a system that tells of no change, and of no other service line', async () => {
  system = await startAskedSystem({ body: { complete: true, records: [] } })
  const tv = { kind: 'http', id: 'tv-system', url: system.url, serviceLine: 'tv', send: 'claims', records: 1000 }
  await start([{ kind: 'snapshot' }, { ...tv, deadlineMs: 20_000, token: 'a-token-of-some-length' }])
  await runJobs(running.pias, ['customer-sources'])
  expect(system.questions.map(({ body }) => body)).toEqual([{ customerId: 'tv-GONE', serviceLine: 'tv' }])
  expect(await running.pias.store.reviews.list({ limit: 10 })).toMatchObject([
    { kind: 'record-withdrawn', accountId: 'account-1', customer: { serviceLine: 'tv', customerId: 'tv-GONE' } },
  ])
})

test('a node whose records are all in the store has nobody to ask', async () => {
  system = await startAskedSystem('silence')
  await start([{ kind: 'snapshot' }])
  expect(running.pias.jobs.map(({ name }) => name).filter(name => name.startsWith('customer-'))).toEqual([
    'customer-changes',
  ])
})

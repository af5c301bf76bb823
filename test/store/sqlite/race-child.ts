// Started by processes.test.ts: races its twin for the same identities and codes, in the store that is named first.
// Says "ready" when it has opened the store, starts on any input, prints its results as one line, and never closes.
import { once } from 'node:events'
import type { AccountId } from '#src/kernel/identity.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const [dataDir = '', name = '', rounds = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ dataDir, clock: Date.now })
process.stdout.write('ready\n')
await once(process.stdin, 'data')

const results = []
for (let round = 0; round < Number(rounds); round++) {
  const now = Date.now()
  const opened = await store.accounts.open({
    account: { id: `${name}-${round}` as AccountId, createdAt: now, updatedAt: now, claims: {} },
    identity: { issuer: 'https://idp.example', clientId: 'PIAS', subject: `s${round}` },
    customers: [{ serviceLine: 'tv', customerId: `${round}`, method: 'match', ruleVersion: '1', evidence: {} }],
    events: [{ at: now, type: 'account.opened', data: {} }],
  })
  const consumed = await store.artifacts.consume('AuthorizationCode', `code-${round}`)
  const inserted = await store.artifacts.insertOnce('ReplayDetection', `jti-${round}`, 600)
  const hits = await store.limits.hit('shared', 600)
  results.push({ opened, consumed, inserted, hits })
}
process.stdout.write(`${JSON.stringify(results)}\n`)

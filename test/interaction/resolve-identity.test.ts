import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { createAttempts } from '#src/interaction/attempts.ts'
import type { StepDeps } from '#src/interaction/deps.ts'
import { resolveIdentity } from '#src/interaction/resolve-identity.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { AWAY, IDENTITY } from './synthetic-attempt.ts'

const ATTEMPT: LoginAttempt = { ...AWAY, leg: { status: 'returning', since: 1 } }

const dataDir = mkdtempSync(join(tmpdir(), 'pias-resolve-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

test('a login counts from before it was looked up whose account it is: what ended logins meanwhile ends it', async () => {
  let now = 1_000_000
  let lookedUpAt = 0
  const results: Parameters<StepDeps['finish']>[1][] = []
  /** Everything takes a second. */
  const slowly = <Answer>(answer: Answer): Answer => {
    now += 1000
    return answer
  }
  const store = await openSqliteStore({ dataDir, clock: () => now })
  const attempts = createAttempts(store.attempts, 600)
  await attempts.create(ATTEMPT)
  const deps: Partial<StepDeps> = {
    attempts,
    clock: () => now,
    count: () => undefined,
    findKnown: async () => {
      lookedUpAt = now
      return slowly(undefined)
    },
    allowedFor: async () =>
      slowly({
        methods: ['upstream'],
        chooseFirst: false,
        linking: 'act',
        registration: 'act',
        afterPassword: 'nothing',
      }),
    resolveLink: async (_identity, { known }) => {
      await known
      return slowly({ kind: 'known', accountId: 'account' as AccountId })
    },
    finish: async (_uid, result) => {
      results.push(result)
      return ATTEMPT.returnTo
    },
  }
  expect(await resolveIdentity(deps as StepDeps, { version: 1, attempt: ATTEMPT }, IDENTITY)).toBe(ATTEMPT.returnTo)
  await store.close()
  const [result] = results
  if (result === undefined || !('login' in result)) throw new Error('nobody was logged in')
  expect(result.login.since).toBeLessThanOrEqual(lookedUpAt)
})

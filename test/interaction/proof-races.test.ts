import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countTry } from '#src/interaction/answers.ts'
import { endAttempt, type LoginAttempt, MAX_PROOF_TRIES } from '#src/interaction/attempt.ts'
import { createAttempts, type Versioned } from '#src/interaction/attempts.ts'
import { keepOutcome } from '#src/interaction/conclude-proof.ts'
import type { ProofOutcome } from '#src/linking/proof.ts'
import type { ExpiringStore } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { RACERS, race } from '#test/store/contract/context.ts'
import { createBench, newPrefix } from '#test/store/redis/support.ts'
import { AWAY, IDENTITY } from './synthetic-attempt.ts'

/** Parallel tries at a proof in one attempt: what is right counts, whatever else is tried and in which order it ends. */
const asked: LoginAttempt = { ...AWAY, leg: { status: 'back' }, identity: IDENTITY }

const FOUND: ProofOutcome = {
  kind: 'found',
  proof: { kind: 'invoice', records: [{ serviceLine: 'tv', customerId: '1' }], invoice: 'digest' },
  records: [{ serviceLine: 'tv', customerId: '1', proven: true }],
}

const bench = createBench()
const root = mkdtempSync(join(tmpdir(), 'pias-proof-races-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const openSqlite = async (): Promise<ExpiringStore> => {
  const store = await openSqliteStore({ dataDir: mkdtempSync(join(root, 'store-')), clock: Date.now })
  bench.ending(store.close)
  return store
}
const openRedis = async (): Promise<ExpiringStore> =>
  bench.store((await bench.server()).url, { keyPrefix: newPrefix() })

/** An attempt in a store, and what was noted and counted of it. */
const begin = async (store: ExpiringStore, uid: string) => {
  const attempt = { ...asked, uid }
  const attempts = createAttempts(store.attempts, 60)
  await attempts.create(attempt)
  const tally = { locked: 0, proved: 0 }
  const deps = {
    attempts,
    noteLockedProof: async () => {
      tally.locked += 1
    },
    count: () => {
      tally.proved += 1
    },
  }
  const tryOnce = () => countTry(deps, { version: 1, attempt }, async ({ proved }) => proved === undefined)
  const now = async () => (await attempts.find(uid))?.attempt
  return { attempt, deps, tally, tryOnce, now }
}

const AT_ONCE_OR_IN_TURN = [true, false]
const TURNS = Array.from({ length: MAX_PROOF_TRIES }, (_, turn) => turn)
/** Whether proofs come to an end at once; which of those that are counted is the right one; which to end it is. */
const ORDERS = AT_ONCE_OR_IN_TURN.flatMap(atOnce =>
  TURNS.flatMap(counted => TURNS.map(ended => ({ atOnce, counted, ended }))),
)

describe.each([
  ['SQLite', openSqlite],
  ['Redis', openRedis],
])('16 tries at once on %s', (_backend, open) => {
  let store: ExpiringStore
  beforeAll(async () => {
    store = await open()
  })

  test.each(['wrong', 'locked', 'owned-elsewhere'] as const)(
    'of which the others are %s keep the right one',
    async kind => {
      for (const [round, order] of ORDERS.entries()) {
        const { attempt, deps, tally, tryOnce, now } = await begin(store, `${kind}-${round}`)
        const tried = await race(tryOnce)
        const counted = tried.flatMap(one => (one.kind === 'counted' ? [one.counted] : []))
        expect([counted.length, tally.locked]).toEqual([MAX_PROOF_TRIES, RACERS - MAX_PROOF_TRIES])

        const ending = counted.toSorted((a, b) => a.version - b.version)
        const [right] = ending.splice(order.counted, 1)
        ending.splice(order.ended, 0, right as Versioned)
        const end = (one: Versioned) => keepOutcome(deps, one, one === right ? FOUND : { kind })
        if (order.atOnce) await Promise.all(ending.map(end))
        else for (const one of ending) await end(one)

        expect(await now()).toEqual({ ...attempt, proofTries: MAX_PROOF_TRIES, proved: FOUND })
        expect(tally.proved).toBe(1)
      }
    },
  )

  test('that are all right keep one, which is counted once', async () => {
    const { deps, tally, tryOnce, now } = await begin(store, 'right')
    await race(async () => {
      const tried = await tryOnce()
      if (tried.kind === 'counted') expect(await keepOutcome(deps, tried.counted, FOUND)).toEqual({ kind: 'show' })
    })
    expect([(await now())?.proved, tally.proved]).toEqual([FOUND, 1])
  })

  test('by one identity keep nothing for another that came meanwhile', async () => {
    const { deps, tryOnce, now } = await begin(store, 'another')
    const tried = await tryOnce()
    if (tried.kind !== 'counted') throw new Error('the try was not counted')
    const { counted } = tried
    const other = { ...counted.attempt, identity: { ...IDENTITY, key: { ...IDENTITY.key, subject: 'other' } } }
    await deps.attempts.tryTransition(counted, other)
    await keepOutcome(deps, counted, FOUND)
    expect(await now()).toEqual(other)
  })

  test.each(['locked', 'owned-elsewhere'] as const)(
    'by one identity bring nothing back that a %s of another has stopped',
    async kind => {
      const { deps, tally, tryOnce, now } = await begin(store, `stopped-${kind}`)
      const tried = await tryOnce()
      if (tried.kind !== 'counted') throw new Error('the try was not counted')
      const { counted } = tried
      const other = { ...counted.attempt, identity: { ...IDENTITY, key: { ...IDENTITY.key, subject: 'other' } } }
      const came = await deps.attempts.tryTransition(counted, other)
      await keepOutcome(deps, came as Versioned, { kind })
      const stopped = await now()
      expect(stopped?.end).toMatchObject({ kind: 'stopped' })
      await keepOutcome(deps, counted, FOUND)
      expect([await now(), tally.proved]).toEqual([stopped, 0])
    },
  )

  test('bring nothing back that what came after a proof has stopped', async () => {
    const { deps, tryOnce, now } = await begin(store, 'after')
    const [first, second] = [
      await tryOnce(),
      await countTry(deps, (await deps.attempts.find('after')) as Versioned, async () => true),
    ]
    if (first.kind !== 'counted' || second.kind !== 'counted') throw new Error('a try was not counted')
    await keepOutcome(deps, first.counted, FOUND)
    const kept = (await deps.attempts.find('after')) as Versioned
    const stopped = endAttempt(kept.attempt, { kind: 'stopped', code: 'link.owned_elsewhere' })
    await deps.attempts.tryTransition(kept, stopped)
    await keepOutcome(deps, second.counted, FOUND)
    expect(await now()).toEqual(stopped)
  })
})

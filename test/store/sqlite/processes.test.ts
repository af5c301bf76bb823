import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BindResult } from '#src/store/ports/accounts.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

type RoundResult = { opened: BindResult; consumed: boolean; inserted: boolean; hits: number }

const ROUNDS = 40
const script = join(import.meta.dirname, 'race-child.ts')
const dataDir = mkdtempSync(join(tmpdir(), 'pias-processes-'))
const children: ChildProcess[] = []

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

/** Starts a racer on the store; `next` gives the next line it prints. */
const startRacer = (name: string) => {
  const options = ['--disable-warning=ExperimentalWarning', script, dataDir, name, `${ROUNDS}`]
  const child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    next: async (): Promise<string> => (await lines.next()).value ?? `${name} ended without an answer`,
    go: () => child.stdin.write('go\n'),
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('two processes on one store: one wins each race, and what they were told survives their being killed', async () => {
  // Both open a directory that holds nothing yet, which is a race for making the schema.
  const racers = ['left', 'right'].map(startRacer)
  expect(await Promise.all(racers.map(racer => racer.next()))).toEqual(['ready', 'ready'])

  const seeding = await openSqliteStore({ dataDir, clock: Date.now })
  for (let round = 0; round < ROUNDS; round++) {
    await seeding.artifacts.upsert('AuthorizationCode', `code-${round}`, {}, 600, {})
  }
  for (const racer of racers) racer.go()
  const [left = [], right = []] = await Promise.all(
    racers.map(async racer => JSON.parse(await racer.next()) as RoundResult[]),
  )
  await seeding.close()
  await Promise.all(racers.map(racer => racer.kill()))

  const store = await openSqliteStore({ dataDir, clock: Date.now })
  for (let round = 0; round < ROUNDS; round++) {
    const results = [left[round], right[round]]
    expect(results.map(result => result?.opened.kind).sort()).toEqual(['already', 'bound'])
    expect(results.filter(result => result?.consumed)).toHaveLength(1)
    expect(results.filter(result => result?.inserted)).toHaveLength(1)

    const accountIds = results.map(result => result && 'accountId' in result.opened && result.opened.accountId)
    const identity = { issuer: 'https://idp.example', clientId: 'PIAS', subject: `s${round}` }
    expect(new Set([...accountIds, await store.accounts.findByIdentity(identity)]).size).toBe(1)
    expect(await store.artifacts.consume('AuthorizationCode', `code-${round}`)).toBe(false)
  }
  const hits = [...left, ...right].map(result => result.hits)
  expect(hits.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * ROUNDS }, (_, index) => index + 1))
  expect(await store.audit.list({ after: 0, limit: 1000 })).toHaveLength(ROUNDS)
  await store.close()
})

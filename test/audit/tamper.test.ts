import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createAuditJobs, openChain } from '#src/audit/create-audit-jobs.ts'
import { noteChanged } from '#src/audit/own-notes.ts'
import { createTrailState } from '#src/audit/trail-state.ts'
import { createAuditWatch, verifyTrail } from '#src/audit/watch.ts'
import { createSealer, KEY_BYTES } from '#src/crypto/envelope/sealer.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { encryptKeys } from '#src/store/encrypted/keys.ts'
import { openMongoStore } from '#src/store/mongo/open.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import { openDurableFile } from '#src/store/sqlite/open.ts'
import { openTestDatabase, type TestDatabase } from '#test/store/mongo/test-database.ts'

/** Somebody who can write to the database, but has no key: what he changes of the trail is found. */

const DAY_MS = 24 * 3600 * 1000
const START = Date.parse('2036-11-22T12:00:00Z')

/** What can be done to the trail, in the words of each database. Blocks 1 to 4 have three events each. */
type Intruder = {
  changeData(): Promise<unknown>
  changeType(): Promise<unknown>
  changeTime(): Promise<unknown>
  restoreTime(at: number): Promise<unknown>
  removeEvent(): Promise<unknown>
  addEvent(): Promise<unknown>
  exchangeData(): Promise<unknown>
  moveEvent(): Promise<unknown>
  removeBlockAndEvents(number: number): Promise<unknown>
  removeBlock(number: number): Promise<unknown>
  resealElsewhere(): Promise<unknown>
  /** What is kept under a name among PIAS's keys. */
  changeKey(name: string): Promise<unknown>
  removeKey(name: string): Promise<unknown>
}

type Backend = { store: DurableStore; intruder: Intruder; close(): Promise<void> }

/** A store whose keys are sealed, as those of a node are. */
const sealed = (store: DurableStore): DurableStore => ({
  ...store,
  keys: encryptKeys(store.keys, createSealer(randomBytes(KEY_BYTES))),
})

const dir = mkdtempSync(join(tmpdir(), 'pias-audit-'))
let mongo: TestDatabase
let files = 0

beforeAll(async () => {
  mongo = await openTestDatabase()
})
afterAll(async () => {
  rmSync(dir, { recursive: true })
  await mongo.close()
})

const openSqlite = async (clock: Clock): Promise<Backend & { run(sql: string): Promise<unknown> }> => {
  files += 1
  const file = join(dir, `durable-${files}.db`)
  const { ports, close } = await openDurableFile(file, clock)
  const db = new DatabaseSync(file)
  const run = async (sql: string) => db.exec(sql)
  const one = (block: number) => `sequence = (SELECT min(sequence) FROM audit_events WHERE block = ${block})`
  return {
    store: sealed(ports),
    run,
    close: async () => {
      db.close()
      close()
    },
    intruder: {
      changeData: () => run(`UPDATE audit_events SET data = '{"n":99}' WHERE ${one(2)}`),
      changeType: () => run(`UPDATE audit_events SET type = 'other' WHERE ${one(2)}`),
      changeTime: () => run(`UPDATE audit_events SET at = at + 1 WHERE ${one(2)}`),
      restoreTime: at => run(`UPDATE audit_events SET at = ${at} WHERE ${one(2)}`),
      removeEvent: () => run(`DELETE FROM audit_events WHERE ${one(2)}`),
      addEvent: () => run("INSERT INTO audit_events (at, type, data, block) VALUES (1, 'x', '{}', 2)"),
      exchangeData: () =>
        run(`UPDATE audit_events SET data = (SELECT data FROM audit_events WHERE ${one(3)}) WHERE ${one(2)}`),
      moveEvent: () => run(`UPDATE audit_events SET block = 3 WHERE ${one(2)}`),
      removeBlockAndEvents: number =>
        run(`DELETE FROM audit_events WHERE block = ${number}; DELETE FROM audit_blocks WHERE number = ${number}`),
      removeBlock: number => run(`DELETE FROM audit_blocks WHERE number = ${number}`),
      resealElsewhere: () =>
        run('UPDATE audit_blocks SET mac = (SELECT mac FROM audit_blocks WHERE number = 3) WHERE number = 2'),
      changeKey: name => run(`UPDATE keys SET value = 'changed' WHERE name = '${name}'`),
      removeKey: name => run(`DELETE FROM keys WHERE name = '${name}'`),
    },
  }
}

const openMongo = async (clock: Clock): Promise<Backend> => {
  await mongo.empty()
  const store = await openMongoStore({ ...mongo, clock, migrate: true })
  const db = mongo.client.db(mongo.database)
  type Event = { _id: number; at: number; type: string; data: string; block: number }
  const events = db.collection<Event>('audit_events')
  const blocks = db.collection<{ _id: number; mac: string }>('audit_blocks')
  const keys = db.collection<{ _id: string; value: string }>('keys')
  const one = async (block: number): Promise<Event> => {
    const [event] = await events.find({ block }, { sort: { _id: 1 }, limit: 1 }).toArray()
    if (event === undefined) throw new Error('nothing to tamper with')
    return event
  }
  const set = async (fields: Partial<Omit<Event, '_id'>>) =>
    events.updateOne({ _id: (await one(2))._id }, { $set: fields })
  return {
    store: sealed(store),
    close: store.close,
    intruder: {
      changeData: () => set({ data: '{"n":99}' }),
      changeType: () => set({ type: 'other' }),
      changeTime: () => set({ at: 1 }),
      restoreTime: at => set({ at }),
      removeEvent: async () => events.deleteOne({ _id: (await one(2))._id }),
      addEvent: () => events.insertOne({ _id: 1, at: 1, type: 'x', data: '{}', block: 2 }),
      exchangeData: async () => set({ data: (await one(3)).data }),
      moveEvent: () => set({ block: 3 }),
      removeBlockAndEvents: async number => {
        await events.deleteMany({ block: number })
        await blocks.deleteOne({ _id: number })
      },
      removeBlock: number => blocks.deleteOne({ _id: number }),
      resealElsewhere: async () => {
        const mac = (await blocks.findOne({ _id: 3 }))?.mac ?? ''
        await blocks.updateOne({ _id: 2 }, { $set: { mac } })
      },
      changeKey: name => keys.updateOne({ _id: name }, { $set: { value: 'changed' } }),
      removeKey: name => keys.deleteOne({ _id: name }),
    },
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {} }

describe.each([
  ['SQLite', openSqlite],
  ['MongoDB', openMongo],
] as const)('the audit trail on %s', (_name, open) => {
  let now = START
  let backend: Backend
  let errors: object[]

  const jobs = () =>
    createAuditJobs({
      store: backend.store,
      keepDays: 30,
      clock: () => now,
      logger: { ...silent, error: (fields: object) => errors.push(fields) },
    })
  const verify = async (known: { number: number; mac: string }[] = []) =>
    verifyTrail(await openChain(backend.store), { known })
  /** Three events, and a block of them. */
  const fill = async (round: number) => {
    await backend.store.audit.append(
      [1, 2, 3].map(n => ({ at: now, type: `type-${n}`, accountId: `a${round}`, data: { n: 3 * round + n } })),
    )
    await (await jobs()).seal.run()
  }

  beforeEach(async () => {
    now = START
    errors = []
    backend = await open(() => now)
    for (const round of [0, 1, 2, 3]) await fill(round)
  })
  afterEach(() => backend.close())

  test('is whole as it was written, whoever sealed it', async () => {
    const both = await Promise.all([jobs(), jobs()])
    await backend.store.audit.append([{ at: now, type: 'late', data: {} }])
    await Promise.all(both.map(({ seal }) => seal.run()))
    expect(await backend.store.auditChain.unsealed(10)).toEqual([])
    expect(await verify()).toEqual({ blocks: 5, events: 13, problems: [], end: expect.objectContaining({ number: 5 }) })
  })

  test.each([
    ['changeData', 'block 2 or one of its events was changed'],
    ['changeType', 'block 2 or one of its events was changed'],
    ['changeTime', 'block 2 or one of its events was changed'],
    ['exchangeData', 'block 2 or one of its events was changed'],
    ['resealElsewhere', 'block 2 or one of its events was changed'],
    ['removeEvent', 'block 2 has 2 of 3 events'],
    ['addEvent', 'block 2 has 4 of 3 events'],
    ['moveEvent', 'block 3 has 4 of 3 events'],
  ] as const)('%s is found', async (act, problem) => {
    await backend.intruder[act]()
    expect((await verify()).problems).toContain(problem)
  })

  test('a block that is gone is found, with or without its events', async () => {
    await backend.intruder.removeBlock(2)
    await backend.intruder.removeBlockAndEvents(3)
    expect((await verify()).problems).toEqual(['blocks 2 to 3 are missing', 'block 2 is missing'])
  })

  test('an end that was cut off is found by events without a block, and by a mark that was kept', async () => {
    const { end } = await verify()
    await backend.intruder.removeBlock(4)
    expect((await verify()).problems).toEqual(['3 events are of blocks that are missing'])
    await backend.intruder.removeBlockAndEvents(4)
    expect((await verify()).problems).toEqual([])
    expect((await verify([end])).problems).toEqual(['block 4, which was kept, is missing'])
    // Another block under its number does not do.
    await fill(9)
    expect((await verify([end])).problems).toEqual(['block 4 is not the one that was kept'])
  })

  test('the job remembers how far it was whole, and complains for ever after', async () => {
    const { watch } = await jobs()
    await watch.run()
    expect(errors).toEqual([])
    await backend.intruder.removeBlockAndEvents(4)
    for (const _ of [1, 2]) await watch.run()
    const broken = { event: 'audit_broken', problems: ['block 4, which was kept, is missing'] }
    expect(errors).toEqual([broken, broken])
  })

  test('what was found is kept for all nodes until all of the trail is whole again', async () => {
    const state = () => createTrailState(backend.store.keys).read()
    expect(await state()).toEqual({ at: 0, problems: [] })
    await (await jobs()).watch.run()
    expect(await state()).toEqual({ at: START, problems: [] })
    await backend.intruder.changeTime()
    now += 1000
    // Another node looks than the one that looked before.
    await (await jobs()).watch.run()
    const problems = ['block 2 or one of its events was changed']
    expect(await state()).toEqual({ at: now, problems, since: now })
    now += 1000
    await (await jobs()).watch.run()
    expect(await state()).toEqual({ at: now, problems, since: now - 1000 })
    await backend.intruder.restoreTime(START)
    now += 1000
    await (await jobs()).watch.run()
    expect(await state()).toEqual({ at: now, problems: [] })
  })

  /** What a node does that walks through the blocks of now in its first run, and comes to the end in its second. */
  const slowWatch = async () =>
    createAuditWatch({
      ...(await openChain(backend.store)),
      state: createTrailState(backend.store.keys),
      clock: () => now,
      logger: { ...silent, error: (fields: object) => errors.push(fields) },
      walkedEvents: 12,
    })

  test('what another node found stays when a walk that passed the place before comes to its end', async () => {
    const state = () => createTrailState(backend.store.keys).read()
    const [one, other] = [await slowWatch(), await slowWatch()]
    await other.run()
    await backend.intruder.changeTime()
    await one.run()
    const problems = ['block 2 or one of its events was changed']
    const found = { at: START, problems, since: START }
    expect(await state()).toEqual(found)
    // By clocks that differ as well, this one's walk began before.
    now += 60_000
    await other.run()
    expect(await state()).toEqual({ ...found, at: now })
    // A walk that begins now ends it once the trail is whole.
    await backend.intruder.restoreTime(START)
    await other.run()
    expect(await state()).toEqual({ ...found, at: now })
    await other.run()
    expect(await state()).toEqual({ at: now, problems: [] })
  })

  test('what nodes find at the same moment is kept together', async () => {
    const looks = ['one', 'two', 'three'].map(problem => ({ at: now, problems: [problem] }))
    const state = createTrailState(backend.store.keys)
    await Promise.all(looks.map(look => state.note(look)))
    expect((await state.read()).problems.toSorted()).toEqual(['one', 'three', 'two'])
  })

  test.each(['audit-state', 'audit-verified', 'audit-start'] as const)(
    'a note of its own (%s) that was changed is a broken trail',
    async key => {
      const state = () => createTrailState(backend.store.keys).read()
      const { watch } = await jobs()
      await watch.run()
      if (key === 'audit-start') await backend.store.keys.putIfAbsent(key, JSON.stringify({ number: 0, mac: '' }))
      await backend.intruder.changeKey(key)
      await watch.run()
      expect(errors).toEqual([{ event: 'audit_broken', problems: [noteChanged(key)] }])
      expect((await state()).problems).toEqual([noteChanged(key)])
      // It stays so until somebody looked into it.
      await watch.run()
      expect(errors).toHaveLength(2)
      await backend.intruder.removeKey(key)
      await watch.run()
      expect([errors.length, await state()]).toEqual([2, { at: START, problems: [] }])
    },
  )

  test('what can be verified without a note that was changed is', async () => {
    const { watch } = await jobs()
    await watch.run()
    // None is there before something is dropped.
    await backend.store.keys.putIfAbsent('audit-start', JSON.stringify({ number: 0, mac: '' }))
    for (const key of ['audit-verified', 'audit-start']) await backend.intruder.changeKey(key)
    const notes = [noteChanged('audit-start'), noteChanged('audit-verified')]
    expect(await verify()).toMatchObject({ blocks: 4, events: 12, problems: notes })
    await backend.intruder.changeData()
    const block = 'block 2 or one of its events was changed'
    expect((await verify()).problems).toEqual([...notes, block])
    await watch.run()
    // Another node, which does not know how far it was whole.
    await (await jobs()).watch.run()
    expect(errors).toEqual(Array(2).fill({ event: 'audit_broken', problems: [...notes, block] }))
    expect((await createTrailState(backend.store.keys).read()).problems).toEqual([...notes, block])
    // An end that is cut off meanwhile is missed by the node that knew it.
    await backend.intruder.removeBlockAndEvents(4)
    await watch.run()
    expect(errors.at(-1)).toMatchObject({ problems: [...notes, block, 'block 4, which was kept, is missing'] })
  })

  test('an end that is cut off is missed by the node that knew it, also where the note of it was removed', async () => {
    const { watch } = await jobs()
    await watch.run()
    await backend.intruder.removeKey('audit-verified')
    await backend.intruder.removeBlockAndEvents(4)
    await watch.run()
    expect(errors).toMatchObject([{ problems: ['block 4, which was kept, is missing'] }])
  })

  test('where the beginning was dropped and the note of it changed, what is left is verified', async () => {
    now += 40 * DAY_MS
    await fill(5)
    await fill(6)
    const { retain, watch } = await jobs()
    await retain.run()
    await watch.run()
    await backend.intruder.changeKey('audit-start')
    expect((await verify()).problems).toEqual([noteChanged('audit-start')])
    await backend.intruder.removeBlock(6)
    expect((await verify()).problems).toContain('block 6, which was kept, is missing')
    // Nothing is dropped by a note that somebody changed.
    await expect(retain.run()).rejects.toThrow()
    expect(await backend.store.audit.list({ after: 0, limit: 100 })).toHaveLength(6)
  })

  test('with its own note a block is changed: both are logged', async () => {
    const { watch } = await jobs()
    await watch.run()
    await backend.intruder.changeKey('audit-state')
    await backend.intruder.changeData()
    await watch.run()
    const problems = ['block 2 or one of its events was changed', noteChanged('audit-state')]
    expect(errors).toEqual([{ event: 'audit_broken', problems }])
  })

  test('the job walks through what is older', async () => {
    const { watch } = await jobs()
    await watch.run()
    await backend.intruder.changeData()
    await watch.run()
    expect(errors).toEqual([{ event: 'audit_broken', problems: ['block 2 or one of its events was changed'] }])
  })

  test('whole days are dropped when they are old, and the rest is whole', async () => {
    const { retain, watch } = await jobs()
    now += DAY_MS
    await fill(5)
    now += 30 * DAY_MS
    await fill(6)
    await retain.run()
    const left = await backend.store.audit.list({ after: 0, limit: 100 })
    expect(left.map(({ accountId }) => accountId)).toEqual([...Array(3).fill('a5'), ...Array(3).fill('a6')])
    expect(await verify()).toMatchObject({ blocks: 2, events: 6, problems: [] })
    await watch.run()
    expect(errors).toEqual([])
    // What nobody dropped is missing.
    await backend.intruder.removeBlockAndEvents(5)
    expect((await verify()).problems).toEqual(['block 5 is missing'])
    await retain.run()
    expect((await verify()).problems).toEqual(['block 5 is missing'])
  })
})

test('what is found is logged, also where it cannot be noted', async () => {
  const { store, intruder, run, close } = await openSqlite(() => START)
  const errors: object[] = []
  const logger = { ...silent, error: (fields: object) => errors.push(fields) }
  const { seal, watch } = await createAuditJobs({ store, keepDays: 30, clock: () => START, logger })
  for (const n of [1, 2]) {
    await store.audit.append([{ at: START, type: 'type', data: { n } }])
    await seal.run()
  }
  await watch.run()
  await intruder.changeData()
  await run("CREATE TRIGGER full BEFORE UPDATE ON keys BEGIN SELECT raise(ABORT, 'no'); END")
  await expect(watch.run()).rejects.toThrow()
  expect(errors).toEqual([{ event: 'audit_broken', problems: ['block 2 or one of its events was changed'] }])
  await close()
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alarmsConfigSchema } from '#src/alarms/config.ts'
import { findBusiestRecord } from '#src/alarms/count-window.ts'
import { createAlarms } from '#src/alarms/create-alarms.ts'
import { addUp, judgeAlarms, type WindowCounts } from '#src/alarms/judge-alarms.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { byReference, referenceOf } from '#src/linking/decision-record.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'
import { encryptTestStore } from '#test/support/encrypted-store.ts'

const THRESHOLDS = alarmsConfigSchema.parse({})
const counts = (changes: Partial<WindowCounts>): WindowCounts => ({ ...addUp([]), ...changes })

describe('what is judged', () => {
  const usual = counts({ decisions: 1000, linked: 600, confirm: 200 })
  test.each<[string, Partial<WindowCounts>, Partial<WindowCounts>, string[]]>([
    ['as ever', { decisions: 100, linked: 60, confirm: 20 }, usual, []],
    ['fewer are linked', { decisions: 100, linked: 30, confirm: 20 }, usual, ['link-rate']],
    ['more are linked', { decisions: 100, linked: 90, confirm: 5 }, usual, ['link-rate']],
    ['more are asked', { decisions: 100, linked: 45, confirm: 50 }, usual, ['confirm-rate']],
    ['too few to tell', { decisions: 49, linked: 0, confirm: 49 }, usual, []],
    ['nothing before', { decisions: 100, linked: 0, confirm: 100 }, { decisions: 499, linked: 499 }, []],
    ['nothing at all', {}, {}, []],
    ['refused proofs', { refusedProofs: 30, acceptedProofs: 29 }, {}, ['refused-proofs']],
    ['a busy hour of proofs', { refusedProofs: 30, acceptedProofs: 30 }, {}, []],
    ['few refused proofs', { refusedProofs: 29 }, {}, []],
    ['many at one record', { mostOnOneRecord: 10 }, {}, ['identities-per-record']],
    ['some at one record', { mostOnOneRecord: 9 }, {}, []],
  ])('%s', (_, window, before, names) => {
    const alarms = judgeAlarms(counts(window), counts(before), THRESHOLDS)
    expect(alarms.map(({ name }) => name)).toEqual(names)
  })
})

describe('what is told', () => {
  const HOUR = 3600 * 1000
  const START = Date.UTC(2026, 10, 29, 12)
  let dir: string
  let store: Store
  let now = START
  const logged: object[] = []
  const clock = () => now
  const logger = { warn: (fields: object) => logged.push(fields) }
  const open = () => createAlarms({ ...store, thresholds: THRESHOLDS, clock, logger: logger as never })

  beforeEach(async () => {
    now = START
    logged.length = 0
    dir = await mkdtemp(join(tmpdir(), 'pias-alarms-'))
    store = await encryptTestStore(await openSqliteStore({ dataDir: dir, clock }), { clock, dir })
  })
  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  const record = (customerId: string, verdict: string, more: object = {}) => ({
    serviceLine: 'mobile',
    customerId,
    verdict,
    ...more,
  })
  const decided = (type: string, outcome: string, records: object[], account?: string, person?: string): AuditEvent =>
    ({
      at: now - 1000,
      type,
      clientId: 'app',
      data: { outcome, decision: { outcome, records }, ...(person !== undefined && { person }) },
      ...(account !== undefined && { accountId: account }),
    }) as AuditEvent
  const linked = (at: number) => decided('link.decided', 'link', [record(`M-${at}`, 'linked', { rule: 'anchor' })])
  const asked = (id: string, person?: string) => {
    const customerId = referenceOf({ serviceLine: 'mobile', customerId: id })
    return decided(
      'link.unresolved',
      'confirm',
      [record(customerId, 'offered'), record('#other', 'passed-over')],
      undefined,
      person,
    )
  }
  const refused = (): AuditEvent => ({ at: now - 1000, type: 'proof.refused', data: { reason: 'wrong' } })
  const many = <T>(number: number, make: (at: number) => T): T[] => Array.from({ length: number }, (_, at) => make(at))
  const told = async () => {
    const types = ['alarm.raised', 'alarm.cleared']
    const found = await Promise.all(types.map(type => store.audit.search({ type, limit: 100 })))
    return found.flat().map(({ type, data }) => [type, (data as { alarm: string }).alarm])
  }

  test('an hour that is not as those before, once when it begins and once when it is over', async () => {
    const alarms = open()
    await store.audit.append([...many(500, linked), ...many(20, at => asked(`A-${at}`))])
    await alarms.job.run()
    now += 2 * HOUR
    await store.audit.append([...many(10, linked), ...many(60, at => asked(`A-${at}`))])
    // Two nodes that look at once, and one that looks again.
    await Promise.all([open().job.run(), open().job.run()])
    now += 60_000
    await alarms.job.run()
    expect((await told()).sort()).toEqual([
      ['alarm.raised', 'confirm-rate'],
      ['alarm.raised', 'link-rate'],
    ])
    expect(logged).toContainEqual({
      event: 'alarm_raised',
      alarm: 'link-rate',
      value: 0.1429,
      expected: 0.9615,
    })
    expect(logged).toHaveLength(2)
    const view = await alarms.view()
    expect(view).toMatchObject({ at: now, window: { decisions: 70, linked: 10, confirm: 60 }, before: { linked: 500 } })
    expect(view.alarms).toContainEqual(
      expect.objectContaining({ name: 'confirm-rate', value: 0.8571, since: now - 60_000 }),
    )
    now += 2 * HOUR
    await alarms.job.run()
    expect((await told()).map(([type]) => type)).toEqual([
      'alarm.raised',
      'alarm.raised',
      'alarm.cleared',
      'alarm.cleared',
    ])
    expect((await alarms.view()).alarms).toEqual([])
  })

  test('refused proofs, and many at one record, whether or not somebody has it', async () => {
    const proven = decided('link.decided', 'link', [record('M-9', 'linked', { rule: 'proven' })], 'account-1')
    await store.audit.append([...many(31, refused), proven, ...many(9, () => asked('M-9')), asked('M-8')])
    const alarms = open()
    await alarms.job.run()
    const view = await alarms.view()
    expect(view.window).toEqual({
      decisions: 10,
      linked: 0,
      confirm: 10,
      acceptedProofs: 1,
      refusedProofs: 31,
      mostOnOneRecord: 10,
    })
    expect(view.alarms.map(({ name, value, expected }) => [name, value, expected])).toEqual([
      ['refused-proofs', 31, 29],
      ['identities-per-record', 10, 9],
    ])
    const read: unknown[] = []
    const search: Store['audit']['search'] = query => {
      read.push(query.type)
      return store.audit.search(query)
    }
    const busiest = await findBusiestRecord({ search }, { from: now - HOUR, to: now })
    expect(read.sort()).toEqual(['link.decided', 'link.unresolved'])
    expect(busiest.record).toBe(customerKeyOf(byReference({ serviceLine: 'mobile', customerId: 'M-9' })))
    expect(busiest.events.map(({ type }) => type).sort()).toEqual(['link.decided', ...many(9, () => 'link.unresolved')])
    expect(await findBusiestRecord(store.audit, { from: now, to: now + HOUR })).toEqual({ people: 0, events: [] })
    const words = JSON.stringify([logged, await store.audit.search({ type: 'alarm.raised', limit: 10 }), view])
    for (const personal of ['M-9', 'account-1', '#']) expect(words).not.toContain(personal)
  })

  test('somebody who comes ten times is one person, with an account or without; ten people are ten', async () => {
    const proven = decided('link.decided', 'link', [record('M-9', 'linked', { rule: 'proven' })], 'account-1', 'one')
    await store.audit.append([
      ...many(12, () => asked('M-9', 'one')),
      proven,
      ...many(8, at => asked('M-9', `of ${at}`)),
    ])
    const alarms = open()
    await alarms.job.run()
    const { alarms: raised, window } = await alarms.view()
    expect({ raised, most: window.mostOnOneRecord, decisions: window.decisions }).toEqual({
      raised: [],
      most: 9,
      decisions: 20,
    })
    // Looked at more often, but by fewer people.
    await store.audit.append([...many(30, () => asked('M-8', 'one')), asked('M-9', 'of 9')])
    now += 60_000
    await alarms.job.run()
    expect((await alarms.view()).alarms).toMatchObject([{ name: 'identities-per-record', value: 10 }])
    const busiest = await findBusiestRecord(store.audit, { from: now - HOUR, to: now })
    expect(busiest.record).toBe(customerKeyOf(byReference({ serviceLine: 'mobile', customerId: 'M-9' })))
    expect([busiest.people, busiest.events.length]).toEqual([10, 22])
  })

  test('of an hour with more events than are read, every kind is counted over the same end', async () => {
    const spread = (events: readonly AuditEvent[]): AuditEvent[] =>
      events.map((event, at) => ({ ...event, at: now - Math.round(((at + 0.5) * HOUR) / events.length) }))
    await store.audit.append([
      ...spread(many(10_000, linked)),
      ...spread(many(600, at => asked(`A-${at}`))),
      ...spread(many(100, refused)),
    ])
    const alarms = open()
    await alarms.job.run()
    const { window } = await alarms.view()
    expect(window).toMatchObject({ decisions: 5300, linked: 5000, confirm: 300, refusedProofs: 50 })
  })

  test('is told by the next look, where the trail takes nothing', async () => {
    await store.audit.append(many(31, refused))
    const down = async () => {
      throw new Error('down')
    }
    const deps = { keys: store.keys, thresholds: THRESHOLDS, clock, logger: logger as never }
    const failing = createAlarms({ ...deps, audit: { ...store.audit, append: down } })
    await expect(failing.job.run()).rejects.toThrow('down')
    expect((await failing.view()).at).toBe(0)
    await open().job.run()
    expect(await told()).toEqual([['alarm.raised', 'refused-proofs']])
  })

  test('what begins and what is over at one look is told whole, or not at all', async () => {
    await store.audit.append(many(31, refused))
    await open().job.run()
    now += 2 * HOUR
    await store.audit.append(many(10, () => asked('M-9')))
    let writes = 0
    const append: Store['audit']['append'] = async events => {
      writes += 1
      if (writes > 1) throw new Error('down')
      await store.audit.append(events)
    }
    const deps = { keys: store.keys, thresholds: THRESHOLDS, clock, logger: logger as never }
    await createAlarms({ ...deps, audit: { ...store.audit, append } }).job.run()
    await open().job.run()
    expect(await told()).toEqual([
      ['alarm.raised', 'identities-per-record'],
      ['alarm.raised', 'refused-proofs'],
      ['alarm.cleared', 'refused-proofs'],
    ])
  })

  test('the busiest hour is read in part', async () => {
    // Of many records each: more than one call takes as its arguments.
    const house = (at: number) => many(30, n => record(`M-${at}-${n}`, 'linked', { rule: 'anchor' }))
    await store.audit.append(many(5600, at => decided('link.decided', 'link', house(at))))
    const alarms = open()
    await alarms.job.run()
    expect((await alarms.view()).window).toMatchObject({ decisions: 5000, mostOnOneRecord: 1 })
  })
})

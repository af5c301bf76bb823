import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFollowTrail } from '#src/audit/follow-trail.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

const SECOND = 1000
const NEWS_MS = 24 * 3600 * SECOND

let now = Date.parse('2026-11-29T10:00:00Z')
const clock = () => now
let dataDir: string
let store: Awaited<ReturnType<typeof openSqliteStore>>

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'pias-follow-'))
  store = await openSqliteStore({ dataDir, clock })
})
afterEach(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true })
})

const append = (...types: string[]) => store.audit.append(types.map(type => ({ at: now, type, data: {} })))

/** A node that follows, what it met, and how many entries it was handed; `hidden` is not visible to it yet. */
const follow = (
  options: { onEvent?: (event: FoundAuditEvent) => void; hidden?: () => string | undefined; atOnce?: number } = {},
) => {
  const met: string[] = []
  let listed = 0
  const run = createFollowTrail({
    ...store,
    audit: {
      search: store.audit.search,
      list: async query => {
        const found = (await store.audit.list(query)).filter(({ type }) => type !== options.hidden?.())
        listed += found.length
        return found
      },
    },
    clock,
    mark: 'test',
    newsMs: NEWS_MS,
    ...(options.atOnce !== undefined && { atOnce: options.atOnce }),
    onEvents: async events => {
      for (const event of events) options.onEvent?.(event)
      met.push(events.map(({ type }) => type).join(' '))
    },
  })
  return { run, met, listed: () => listed }
}

test('meets each event once, however often it runs, and reads it at most three times', async () => {
  const { run, met, listed } = follow()
  for (const type of ['a', 'b', 'c']) {
    await append(type)
    await run()
    now += 2 * SECOND
  }
  for (let passed = 0; passed < 60; passed += 2) {
    await run()
    now += 2 * SECOND
  }
  expect(met).toEqual(['a', 'b', 'c'])
  expect(listed()).toBeLessThanOrEqual(9)
})

test('meets what becomes visible after later events, for as long as that can happen', async () => {
  let hidden: string | undefined = 'late'
  const { run, met } = follow({ hidden: () => hidden })
  await append('a', 'late', 'b')
  await run()
  now += 2 * SECOND
  await append('c')
  await run()
  expect(met).toEqual(['a', 'b', 'c'])
  now += 12 * SECOND
  hidden = undefined
  await run()
  now += SECOND
  await run()
  expect(met).toEqual(['a', 'b', 'c', 'late'])
})

test('misses nothing that becomes visible while it takes long to deal with what it read', async () => {
  let hidden: string | undefined = 'late'
  const { run, met } = follow({
    hidden: () => hidden,
    onEvent: ({ type }) => {
      if (type === 'a') now += 20 * SECOND
    },
  })
  await append('a', 'late', 'b')
  await run()
  hidden = undefined
  await run()
  expect(met).toEqual(['a', 'b', 'late'])
})

test('goes on at the event it failed at', async () => {
  let away = true
  const { run, met } = follow({
    onEvent: ({ type }) => {
      if (away && type === 'b') throw new Error('away')
    },
  })
  await append('a', 'b', 'c')
  await expect(run()).rejects.toThrow('away')
  now += 2 * SECOND
  away = false
  await run()
  expect(met).toEqual(['a', 'b', 'c'])
  away = true
  await append('b', 'd')
  await expect(run()).rejects.toThrow('away')
  away = false
  await run()
  expect(met).toEqual(['a', 'b', 'c', 'b', 'd'])
})

test('is given at once what one act wrote of one account, and of that only what is new', async () => {
  let hidden: string | undefined = 'late'
  const { run, met } = follow({ hidden: () => hidden })
  const event = (type: string, more: object = {}) => ({ at: now, type, accountId: 'x', data: {}, ...more })
  await store.audit.append([event('a'), event('late'), event('b'), event('c', { accountId: 'y' }), event('d')])
  await store.audit.append([event('e', { at: now + 1 }), event('f', { at: now + 1 })])
  await run()
  expect(met).toEqual(['a b', 'c', 'd', 'e f'])
  hidden = undefined
  now += 16 * SECOND
  await run()
  expect(met.slice(4)).toEqual(['late'])
})

test('deals with several acts at the same time, and with all of those again of which one failed', async () => {
  let away = true
  const { run, met } = follow({
    atOnce: 2,
    onEvent: ({ type }) => {
      if (away && type === 'd') throw new Error('away')
    },
  })
  await append('a', 'b', 'c', 'd', 'e')
  await expect(run()).rejects.toThrow('away')
  expect(met).toEqual(['a', 'b', 'c'])
  away = false
  await run()
  await run()
  expect(met).toEqual(['a', 'b', 'c', 'c', 'd', 'e'])
})

test('another node takes over where nothing can come in between any more', async () => {
  await append('a')
  const first = follow()
  await first.run()
  now += 20 * SECOND
  await append('b')
  await first.run()
  await append('c')
  const second = follow()
  await second.run()
  expect(first.met).toEqual(['a', 'b'])
  expect(second.met).toEqual(['b', 'c'])
})

test('one that starts reads nothing of what is no news any more, however long the trail, also where it failed before', async () => {
  for (let page = 0; page < 3; page += 1) await append(...Array.from({ length: 500 }, () => 'old'))
  now += NEWS_MS + SECOND
  await append('new', 'newer')
  let away = true
  const fresh = follow({
    onEvent: ({ type }) => {
      if (away && type === 'newer') throw new Error('away')
    },
  })
  await expect(fresh.run()).rejects.toThrow('away')
  away = false
  await fresh.run()
  expect(fresh.met).toEqual(['new', 'newer'])
  expect(fresh.listed()).toBe(4)
})

test('one that runs passes over what became too old before it could be dealt with', async () => {
  let away = true
  const { run, met } = follow({
    onEvent: () => {
      if (away) throw new Error('away')
    },
  })
  await append('old')
  await expect(run()).rejects.toThrow('away')
  now += NEWS_MS + SECOND
  away = false
  await append('new')
  await run()
  expect(met).toEqual(['new'])
})

test('catches up with more than a page of news', async () => {
  await append(...Array.from({ length: 1200 }, (_, index) => `news-${index}`))
  const { run, met } = follow()
  await run()
  expect(met).toHaveLength(1200)
})

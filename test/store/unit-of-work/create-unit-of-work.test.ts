import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '#src/store/ports/store.ts'
import { openStore } from '#src/store/registry.ts'
import { createUnitOfWork } from '#src/store/unit-of-work/create-unit-of-work.ts'

/** The unit of work over a real store; `store` itself is what any other request sees. */
let dir: string
let store: Store
let unit: ReturnType<typeof createUnitOfWork>
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pias-unit-'))
  store = await openStore({ kind: 'sqlite' } as never, { dataDir: dir, clock: Date.now })
  unit = createUnitOfWork(store, { companionOf: uid => ({ model: 'Interaction', id: uid }) })
})
afterEach(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const seen = async (id: string) => (await store.artifacts.find('Session', id))?.payload
const write = (id: string, payload: object, indexes = {}) =>
  unit.artifacts.upsert('Session', id, payload as never, 60, indexes)

describe('what a request writes', () => {
  test('is sent before the request is over, and not before', async () => {
    await unit.run(async () => {
      await write('a', { n: 1 })
      await unit.attempts.create('attempt', { n: 1 }, 60)
      expect([await seen('a'), await store.attempts.find('attempt')]).toEqual([undefined, undefined])
    })
    expect(await seen('a')).toEqual({ n: 1 })
    expect(await store.attempts.find('attempt')).toEqual({ version: 1, data: { n: 1 } })
  })

  test('is read by the same request: by id, by uid, after another change, and not once it is destroyed', async () => {
    await unit.run(async () => {
      await write('a', { n: 1 }, { uid: 'u', userCode: 'c' })
      const [own, again] = [await unit.artifacts.find('Session', 'a'), await unit.artifacts.find('Session', 'a')]
      expect([own, again]).toEqual([{ payload: { n: 1 } }, { payload: { n: 1 } }])
      expect(own?.payload).not.toBe(again?.payload)
      expect(await unit.artifacts.findByUid('Session', 'u')).toEqual({ payload: { n: 1 } })
      await write('a', { n: 2 }, { uid: 'u', userCode: 'c' })
      expect(await unit.artifacts.findByUserCode('Session', 'c')).toEqual({ payload: { n: 2 } })
      await unit.artifacts.destroy('Session', 'a')
      expect(await unit.artifacts.find('Session', 'a')).toBeUndefined()
      await unit.artifacts.upsert('Session', 'over', {}, 0, {})
      expect(await unit.artifacts.find('Session', 'over')).toBeUndefined()
      await unit.attempts.create('attempt', { n: 1 }, 60)
      expect(await unit.attempts.find('attempt')).toEqual({ version: 1, data: { n: 1 } })
      expect(await unit.attempts.transition('attempt', 1, { n: 2 })).toBe('ok')
      expect(await unit.attempts.find('attempt')).toEqual({ version: 2, data: { n: 2 } })
    })
    expect(await seen('a')).toBeUndefined()
  })

  test('can be consumed and revoked by the same request', async () => {
    await unit.run(async () => {
      await write('a', {}, { grantId: 'g' })
      expect([await unit.artifacts.consume('Session', 'a'), await unit.artifacts.consume('Session', 'a')]).toEqual([
        true,
        false,
      ])
      expect(await unit.artifacts.insertOnce('Session', 'a', 60)).toBe(false)
      await write('b', {}, { grantId: 'g' })
      await unit.artifacts.revokeByGrantId('Session', 'g')
      expect(await unit.artifacts.find('Session', 'b')).toBeUndefined()
    })
    expect([await seen('a'), await seen('b')]).toEqual([undefined, undefined])
  })

  test('travels with a transition, and with what was deferred', async () => {
    await store.attempts.create('attempt', {}, 60)
    await unit.run(async () => {
      await write('a', { n: 1 })
      expect(await unit.attempts.transition('attempt', 1, {})).toBe('ok')
      expect(await seen('a')).toEqual({ n: 1 })
      const order: unknown[] = []
      await unit.defer(async () => {
        order.push('deferred')
      })
      await write('b', { n: 1 })
      expect(order).toEqual([])
      await unit.flush()
      expect([order, await seen('b')]).toEqual([['deferred'], { n: 1 }])
    })
  })

  test('is written though the request fails, as without a unit; its own error is told', async () => {
    const failing = unit.run(async () => {
      await write('a', { n: 1 })
      throw new Error('afterwards')
    })
    await expect(failing).rejects.toThrow('afterwards')
    expect(await seen('a')).toEqual({ n: 1 })
  })

  test('and cannot be written fails the request', async () => {
    const failing = unit.run(async () => {
      await write('a', { n: 1 })
      await store.close()
    })
    await expect(failing).rejects.toMatchObject({ code: 'store.unavailable' })
  })
})

test('units of parallel requests are apart; outside of one, and after it, everything is sent at once', async () => {
  let late: Promise<void> = Promise.resolve()
  await Promise.all(
    ['a', 'b', 'c'].map(id =>
      unit.run(async () => {
        await write(id, { id })
        for (const other of ['a', 'b', 'c']) {
          expect((await unit.artifacts.find('Session', other)) !== undefined).toBe(other === id)
        }
        late = new Promise(resolve => setImmediate(() => resolve(write('late', { n: 1 }))))
      }),
    ),
  )
  await late
  expect(await seen('late')).toEqual({ n: 1 })
  await write('outside', { n: 1 })
  expect(await seen('outside')).toEqual({ n: 1 })
  let done = false
  await unit.defer(async () => {
    done = true
  })
  expect(done).toBe(true)
})

test('the companion of an attempt is fetched with its change, and handed out once', async () => {
  await store.attempts.create('uid', {}, 60)
  await store.artifacts.upsert('Interaction', 'uid', { n: 1 }, 60, {})
  await unit.run(async () => {
    await unit.attempts.transition('uid', 1, {})
    await store.artifacts.upsert('Interaction', 'uid', { n: 2 }, 60, {})
    expect(await unit.artifacts.find('Interaction', 'uid')).toEqual({ payload: { n: 1 } })
    expect(await unit.artifacts.find('Interaction', 'uid')).toEqual({ payload: { n: 2 } })
  })
})

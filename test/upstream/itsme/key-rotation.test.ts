import { jest } from '@jest/globals'
import { type ItsmeKeys, openItsmeKeyRing } from '#src/upstream/itsme/keys.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'
import { startWorld, testKeys, type World } from './support.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.parse('2036-11-22T12:00:00Z')
/** Everything but the time of day goes on as ever: sockets, timers, promises. */
const REAL = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const
const REAL_TIMERS = ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const

let one: ItsmeKeys
let other: ItsmeKeys
let world: World
let ring: ReturnType<typeof openItsmeKeyRing>
beforeEach(async () => {
  jest.useFakeTimers({ now: START, doNotFake: [...REAL, ...REAL_TIMERS] })
  const deps = { keys: memoryKeys(), clock: () => Date.now() }
  ring = openItsmeKeyRing({ ...deps, upstream: 'itsme', everyMs: 90 * DAY * 1000 })
  // Two nodes on one store; itsme reads the keys of the first.
  one = await testKeys(deps)
  other = await testKeys(deps)
  world = await startWorld({ keys: one })
})
afterEach(async () => {
  await world.close()
  jest.useRealTimers()
})

/** Moments in seconds since the rotation began; itsme's copy of the keys is up to half an hour, or a day, old. */
const MOMENTS = [
  0,
  1,
  MINUTE,
  29 * MINUTE,
  31 * MINUTE,
  12 * HOUR,
  DAY - 1,
  DAY,
  DAY + 1,
  25 * HOUR - 2,
  25 * HOUR - 1,
  25 * HOUR,
  25 * HOUR + 1,
  25 * HOUR + 29 * MINUTE,
  25 * HOUR + 31 * MINUTE,
  2 * DAY - 1,
  2 * DAY + 59 * MINUTE,
  50 * HOUR - 1,
  50 * HOUR,
  50 * HOUR + 1,
  3 * DAY,
]

test.each(['looked-up', 'kept-a-day'])(
  'a login succeeds at every moment of a rotation; keys are %s',
  async partnerKeys => {
    await world.control('config', { partnerKeys })
    const nodes = [one, other].map(keys => world.connector({ keys, config: { requestObject: 'request' } }))
    const logInOnBoth = async (): Promise<void> => {
      for (const node of nodes) expect((await node.logIn('lotte')).claims.familyName).toBe('Vandenbroucke')
    }
    const before = [one.signing().kid, one.decryption()[0]?.kid]
    await logInOnBoth()

    expect(await ring.rotate()).toBe(true)
    for (const moment of MOMENTS) {
      jest.setSystemTime(START + moment * 1000)
      await logInOnBoth()
      // One node has read what is stored, the other is still to.
      await one.ring.refresh()
      await logInOnBoth()
      await other.ring.refresh()
    }
    const after = [one.signing().kid, one.decryption()[0]?.kid]
    expect(after.filter(kid => before.includes(kid))).toEqual([])
    expect(one.decryption()).toHaveLength(1)
  },
)

test('the simulator that keeps keys for a day is strict: a key that signs before it was published is refused', async () => {
  await world.control('config', { partnerKeys: 'kept-a-day' })
  const node = world.connector({ keys: one })
  await node.logIn('lotte')
  await ring.rotate()
  await ring.activate({ force: true })
  await one.ring.refresh()
  await expect(node.logIn('lotte')).rejects.toMatchObject({ code: 'upstream.invalid_response' })
})

import { jest } from '@jest/globals'
import { watchEventLoop } from '#src/operations/event-loop-delay.ts'

/** Timers are driven by the test; `late` is how much later than due each of them runs. */
let now = 0
const tick = (late: number): void => {
  now += 100 + late
  jest.advanceTimersByTime(100)
}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

test('one long pause is none; a delay that stays is told, and is over when one timer is in time', () => {
  const eventLoop = watchEventLoop(() => now)
  for (const late of [0, 2000, 0, 0, 0, 0]) {
    tick(late)
    expect(eventLoop.current()).toBe(0)
  }
  for (const late of [300, 250, 400, 260]) tick(late)
  expect(eventLoop.current()).toBe(0)
  tick(270)
  expect(eventLoop.current()).toBe(250)
  tick(500)
  expect(eventLoop.current()).toBe(250)
  tick(300)
  expect(eventLoop.current()).toBe(260)
  tick(10)
  expect(eventLoop.current()).toBe(10)
})

test('watches no more after close', () => {
  const eventLoop = watchEventLoop(() => now)
  eventLoop.close()
  expect(jest.getTimerCount()).toBe(0)
})

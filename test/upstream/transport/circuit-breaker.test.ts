import { PiasError } from '#src/kernel/errors.ts'
import { createCallWatch, HEALTH_WINDOW_MS, watchCalls } from '#src/upstream/transport/call-health.ts'
import { createCircuitBreaker, isUnavailable } from '#src/upstream/transport/circuit-breaker.ts'
import { failureOf } from '#test/upstream/itsme/support.ts'

const down = new PiasError('upstream.unavailable', 'the upstream is down')

const startBreaker = () => {
  let now = 0
  const changes: string[] = []
  const breaker = createCircuitBreaker({ clock: () => now, onChange: state => changes.push(state) })
  const calls = { made: 0 }
  const call = (error?: Error) =>
    breaker.run(async () => {
      calls.made += 1
      if (error !== undefined) throw error
      return 'answer'
    })
  const fail = () => failureOf(call(down))
  const times = async (count: number, work: () => Promise<unknown>) => {
    for (let turn = 0; turn < count; turn++) await work()
  }
  return {
    breaker,
    changes,
    calls,
    call,
    fail,
    times,
    pass: (ms: number) => {
      now += ms
    },
    open: () => times(20, fail),
  }
}

describe('createCircuitBreaker', () => {
  test('stays closed while fewer than half of the last 20 calls fail', async () => {
    const { times, fail, call, changes } = startBreaker()
    for (let round = 0; round < 5; round++) {
      await times(9, fail)
      await times(11, call)
    }
    expect(changes).toEqual([])
    expect(await call()).toBe('answer')
  })

  test('stays closed for 19 failures: 20 calls are too few to judge by before', async () => {
    const { times, fail, call, changes } = startBreaker()
    await times(19, fail)
    expect(changes).toEqual([])
    expect(await call()).toBe('answer')
    expect(changes).toEqual(['open'])
  })

  test('opens at half, and then refuses at once without a call, for 15 s', async () => {
    const { times, fail, call, calls, breaker, changes, pass } = startBreaker()
    await times(10, call)
    await times(10, fail)
    expect(changes).toEqual(['open'])
    pass(14_999)
    expect(await failureOf(call())).toMatchObject({
      code: 'upstream.unavailable',
      detail: expect.stringMatching(/not called/),
    })
    expect(() => breaker.check()).toThrow('not called')
    expect(calls.made).toBe(20)
  })

  test('closes after three good probes, with a clean record', async () => {
    const { open, times, fail, call, breaker, changes, pass } = startBreaker()
    await open()
    pass(15_000)
    breaker.check()
    await times(3, call)
    expect(changes).toEqual(['open', 'closed'])
    await times(19, fail)
    expect(changes).toEqual(['open', 'closed'])
  })

  test('opens again for another 15 s at the first bad probe', async () => {
    const { open, fail, call, calls, changes, pass } = startBreaker()
    await open()
    pass(15_000)
    await call()
    await fail()
    expect(changes).toEqual(['open', 'open'])
    pass(14_999)
    await failureOf(call())
    expect(calls.made).toBe(22)
  })

  test('makes three probes at a time and no more; new ones when those never end', async () => {
    const { open, call, breaker, pass } = startBreaker()
    await open()
    pass(15_000)
    let begun = 0
    const endless = () => breaker.run(() => new Promise<never>(() => (begun += 1)))
    for (let probe = 0; probe < 3; probe++) void endless()
    expect(await failureOf(call())).toMatchObject({ code: 'upstream.unavailable' })
    expect(begun).toBe(3)
    pass(15_000)
    expect(await call()).toBe('answer')
  })

  test('does not count what an earlier state began', async () => {
    const { open, breaker, times, call, changes, pass } = startBreaker()
    let end: (error: Error) => void = () => {}
    const late = failureOf(breaker.run(() => new Promise((_resolve, reject) => (end = reject))))
    await open()
    pass(15_000)
    await times(2, call)
    end(down)
    await late
    await call()
    expect(changes).toEqual(['open', 'closed'])
  })

  test.each([
    new PiasError('upstream.invalid_response', 'a bad token'),
    new PiasError('upstream.denied', 'refused'),
    new Error('a bug'),
  ])('takes "%s" for an answer', async error => {
    const { times, call, changes } = startBreaker()
    await times(40, () => failureOf(call(error)))
    expect(changes).toEqual([])
  })
})

test('what a node knows of its calls: the breaker, those of a quarter of an hour, and no longer', async () => {
  let now = Date.UTC(2026, 10, 29)
  const clock = () => now
  const watch = createCallWatch({ clock })
  const breaker = createCircuitBreaker({ clock, onChange: () => undefined })
  watch.follow(breaker)
  const failing = watchCalls(watch, isUnavailable, (error?: Error) =>
    error ? Promise.reject(error) : Promise.resolve(),
  )
  expect(watch.view()).toEqual({ breaker: 'closed', calls: 0, failures: 0 })
  const times = { medianMs: expect.any(Number), slowestMs: expect.any(Number) }
  for (let call = 0; call < 10; call++) {
    await breaker.run(() => failing())
    await failureOf(breaker.run(() => failing(down)))
  }
  // A refusal is an answer.
  await failureOf(failing(new PiasError('upstream.denied')))
  expect(watch.view()).toEqual({ breaker: 'open', calls: 21, failures: 10, lastFailureAt: now, ...times })
  const failedAt = now
  now += 15_000
  expect(watch.view().breaker).toBe('half-open')
  for (let probe = 0; probe < 3; probe++) await breaker.run(() => failing())
  expect(watch.view()).toMatchObject({ breaker: 'closed', calls: 24 })
  now += HEALTH_WINDOW_MS
  expect(watch.view()).toEqual({ breaker: 'closed', calls: 0, failures: 0, lastFailureAt: failedAt })
})

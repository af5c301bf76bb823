import { PiasError } from '#src/kernel/errors.ts'
import { createCircuitBreaker } from '#src/upstream/transport/circuit-breaker.ts'
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

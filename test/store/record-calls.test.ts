import { createCallRecorder } from './record-calls.ts'

const createCounter = () => {
  let count = 0
  return { counter: { add: (by: number) => (count += by), read: () => count }, close: () => undefined }
}

test('names the methods nobody called, over all stores it has recorded', () => {
  const recorder = createCallRecorder()
  expect(recorder.record(createCounter()).counter.add(2)).toBe(2)
  recorder.record(createCounter()).close()
  expect(recorder.known()).toEqual(['close', 'counter.add', 'counter.read'])
  expect(recorder.uncalled()).toEqual(['counter.read'])
})

test('names nothing once everything was called', () => {
  const recorder = createCallRecorder()
  const { counter, close } = recorder.record(createCounter())
  counter.add(1)
  expect(counter.read()).toBe(1)
  close()
  expect(recorder.uncalled()).toEqual([])
})

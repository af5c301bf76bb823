import { Writable } from 'node:stream'
import { createProgress, paceOf } from '#src/cli/progress.ts'

const openStderr = (isTTY: boolean) => {
  const written: string[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk))
      done()
    },
  })
  return { stderr: Object.assign(stream, { isTTY, columns: 120 }), text: () => written.join('') }
}

describe('paceOf', () => {
  test('knows nothing at the beginning', () => {
    expect(paceOf({ done: 0, items: 0 }, 100, 0)).toEqual({ rate: 0, left: 0 })
  })

  test('items a second so far, and seconds left at this pace', () => {
    expect(paceOf({ done: 25, items: 500 }, 100, 1000)).toEqual({ rate: 500, left: 3 })
  })

  test('nothing is left when more was done than was announced', () => {
    expect(paceOf({ done: 120, items: 1 }, 100, 1000).left).toBe(0)
  })
})

describe('createProgress', () => {
  test('elsewhere than on a terminal: a line, at most every three seconds', () => {
    const { stderr, text } = openStderr(false)
    let now = 0
    const progress = createProgress({ stderr, clock: () => now }, { label: 'importing', total: 200 })
    for (now of [1000, 3000, 4000, 6500]) progress.update({ done: now / 100, items: now })
    progress.stop()
    expect(text()).toBe('importing 15 %, 3,000, 1,000/s, 17 s left\nimporting 32 %, 6,500, 1,000/s, 14 s left\n')
  })

  test('an empty run does not divide by it', () => {
    const { stderr, text } = openStderr(false)
    let now = 0
    const progress = createProgress({ stderr, clock: () => now }, { label: 'importing', total: 0 })
    now = 5000
    progress.update({ done: 0, items: 0 })
    expect(text()).toBe('importing 0 %, 0, 0/s, 0 s left\n')
  })
})

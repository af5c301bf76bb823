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

  test('what a run did before it was ended tells nothing of the pace', () => {
    const begun = { done: 800, items: 80 }
    expect(paceOf({ done: 850, items: 85 }, 1000, 1000, begun)).toEqual({ rate: 5, left: 3 })
    expect(paceOf(begun, 1000, 0, begun)).toEqual({ rate: 0, left: 0 })
  })

  test('nothing is left when more was done than was announced', () => {
    expect(paceOf({ done: 120, items: 1 }, 100, 1000).left).toBe(0)
  })
})

describe('createProgress', () => {
  test('on a terminal: one line that is written over, with a bar, the items, the rate and the time left', () => {
    const { stderr, text } = openStderr(true)
    let now = 0
    const progress = createProgress({ stderr, clock: () => now }, { label: 'importing', total: 200 })
    now = 4000
    progress.update({ done: 50, items: 6500 })
    progress.stop()
    expect(text()).toContain(`importing [${'='.repeat(8)}${' '.repeat(22)}] 25 %, 6,500, 1,625/s, 12 s left`)
    expect(text().trimEnd().split('\n')).toHaveLength(1)
    // More than was announced is whole.
    const { stderr: other, text: otherText } = openStderr(true)
    const over = createProgress({ stderr: other, clock: () => now }, { label: 'importing', total: 10 })
    now = 5000
    over.update({ done: 30, items: 30 })
    over.stop()
    expect(otherText()).toContain(`importing [${'='.repeat(30)}] 100 %, 30, 30/s, 0 s left`)
  })

  test('leaves the terminal as it is, for a run may end in the middle', () => {
    const { stderr, text } = openStderr(true)
    const progress = createProgress({ stderr, clock: () => 0 }, { label: 'importing', total: 10 })
    progress.update({ done: 5, items: 5 })
    // Neither a hidden cursor nor lines that are not wrapped (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, DECRST).
    expect(text()).not.toMatch(/\[\?[\d;]+l/)
    progress.stop()
  })

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

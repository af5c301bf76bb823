import fc from 'fast-check'
import { type Line, MAX_LINE_BYTES, readLines } from '#src/customers/snapshot/read-lines.ts'

async function* streamOf(...chunks: readonly (Uint8Array | string)[]) {
  yield* chunks
}

const linesOf = async (...chunks: readonly (Uint8Array | string)[]) => {
  const lines: Line[] = []
  for await (const line of readLines(streamOf(...chunks))) lines.push(line)
  return lines
}

const textsOf = async (...chunks: readonly (Uint8Array | string)[]) =>
  (await linesOf(...chunks)).map(line => (line.kind === 'text' ? line.text : line.reason))

describe('readLines', () => {
  test.each([
    ['', []],
    ['a', ['a']],
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    ['a\n\nb', ['a', '', 'b']],
    ['\uFEFFa\nb', ['a', 'b']],
    ['a\n\uFEFFb', ['a', 'b']],
    ['\n', ['']],
  ])('%j', async (text, lines) => {
    expect(await textsOf(text)).toEqual(lines)
  })

  test('numbers lines from 1, empty ones included', async () => {
    expect((await linesOf('a\n\nb')).map(line => line.number)).toEqual([1, 2, 3])
  })

  test('wherever the file is cut, the lines are the same', async () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', ' '), maxLength: 12 }))
    await fc.assert(
      fc.asyncProperty(words, fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        expect(await textsOf(...chunks)).toEqual(lines)
      }),
    )
  })

  test('a line may have exactly the limit, and not one byte more', async () => {
    const longest = 'x'.repeat(MAX_LINE_BYTES)
    expect(await textsOf(longest, '\nb')).toEqual([longest, 'b'])
    expect(await textsOf(longest, 'x\nb')).toEqual(['is longer than 64 kB', 'b'])
    expect(await textsOf('a\n', longest, longest, longest)).toEqual(['a', 'is longer than 64 kB'])
  })

  test('what is not UTF-8 spoils its line only', async () => {
    expect(await textsOf('a\n', Buffer.from('Andr\xe9\n', 'latin1'), 'b')).toEqual(['a', 'is not UTF-8', 'b'])
  })
})

/** Longest line that is read, in bytes: some fifty times an ordinary record. */
export const MAX_LINE_BYTES = 64 * 1024

/** A line of a file, counted from 1: its text without the line end, or why it cannot be read. */
export type Line =
  | { readonly kind: 'text'; readonly number: number; readonly text: string }
  | { readonly kind: 'unreadable'; readonly number: number; readonly reason: string }

const NEWLINE = 0x0a

/**
 * Joins the pieces of lines that chunks cut through. Of a line over the limit only the length is remembered, so memory
 * stays constant whatever the file holds.
 */
const createLineBuffer = () => {
  // Strips a byte order mark at the start of each line: files put together with `cat` have one in the middle.
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let pieces: Uint8Array[] = []
  let length = 0
  let number = 0

  const decode = (bytes: Uint8Array): Line => {
    try {
      const text = utf8.decode(bytes)
      return { kind: 'text', number, text: text.endsWith('\r') ? text.slice(0, -1) : text }
    } catch {
      return { kind: 'unreadable', number, reason: 'is not UTF-8' }
    }
  }

  const add = (piece: Uint8Array): void => {
    length += piece.length
    if (length > MAX_LINE_BYTES) pieces = []
    else if (piece.length > 0) pieces.push(piece)
  }

  const end = (): Line => {
    number += 1
    const line: Line =
      length > MAX_LINE_BYTES
        ? { kind: 'unreadable', number, reason: `is longer than ${MAX_LINE_BYTES / 1024} kB` }
        : decode(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces))
    pieces = []
    length = 0
    return line
  }

  return { add, end, isEmpty: () => length === 0 }
}

/**
 * Splits a stream of UTF-8 into lines, ended by LF or CRLF; the last one may lack its end.
 * @param chunks pieces of the file, cut anywhere; a text piece is taken as whole characters
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const buffer = createLineBuffer()
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      buffer.add(bytes.subarray(start, end))
      yield buffer.end()
      start = end + 1
    }
    buffer.add(bytes.subarray(start))
  }
  if (!buffer.isEmpty()) yield buffer.end()
}

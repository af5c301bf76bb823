import type { CommandReader } from './counting-proxy.ts'

const LINE_END = '\r\n'

/**
 * Reads commands of the Redis protocol: an array header (`*2`), then its strings, each after its length (`$3`). The
 * first string is the command's name.
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export const createRedisCommandReader = (): CommandReader => {
  let pending: Buffer = Buffer.alloc(0)
  let nameIsNext = false

  /** Takes one header with its string, if it is here as a whole: how many bytes, and the name if it was one. */
  const take = (at: number): { end: number; name?: string } | undefined => {
    const headerEnd = pending.indexOf(LINE_END, at)
    if (headerEnd < 0) return undefined
    const start = headerEnd + LINE_END.length
    if (pending[at] === '*'.charCodeAt(0)) {
      nameIsNext = true
      return { end: start }
    }
    const length = Number(pending.toString('latin1', at + 1, headerEnd))
    const end = start + length + LINE_END.length
    if (end > pending.length) return undefined
    const isName = nameIsNext
    nameIsNext = false
    return isName ? { end, name: pending.toString('latin1', start, start + length).toLowerCase() } : { end }
  }

  return chunk => {
    pending = Buffer.concat([pending, chunk])
    const names: string[] = []
    let at = 0
    for (let taken = take(at); taken !== undefined; taken = take(at)) {
      at = taken.end
      if (taken.name !== undefined) names.push(taken.name)
    }
    pending = pending.subarray(at)
    return names
  }
}

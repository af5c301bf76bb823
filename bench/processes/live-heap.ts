import { setTimeout as sleep } from 'node:timers/promises'

/** Times that a process is asked for its inspector, and the pause between. */
const TRIES = 100
const PAUSE_MS = 50
/** A second collection takes what only the finalizers of the first let go. */
const COLLECTIONS = 2

type Answer = { readonly id: number; readonly result?: unknown; readonly error?: { readonly message: string } }
type HeapUsage = {
  readonly usedSize: number
  readonly embedderHeapUsedSize?: number
  readonly backingStorageSize?: number
}

const debuggerUrl = async (port: number): Promise<string> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined)
    const [target] = answer === undefined ? [] : ((await answer.json()) as { webSocketDebuggerUrl: string }[])
    if (target !== undefined) return target.webSocketDebuggerUrl
    await sleep(PAUSE_MS)
  }
  throw new Error(`no inspector at port ${port}`)
}

const connect = async (url: string) => {
  const socket = new WebSocket(url)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Answer
    if (error === undefined) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(error.message))
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process ended'))
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')))
  })
  let last = 0
  const ask = async <Result>(method: string): Promise<Result> => {
    const id = ++last
    const asked = Promise.withResolvers<unknown>()
    waiting.set(id, asked)
    socket.send(JSON.stringify({ id, method }))
    return (await asked.promise) as Result
  }
  return { ask, close: () => socket.close() }
}

/**
 * What a Node process holds on to, in MiB: its heap and buffers after all garbage is collected, which resident memory
 * says only roughly, for a heap keeps room that it once needed. By the process's own inspector, which a signal opens.
 * @param port of `--inspect-port` that the process was started with
 * @throws Error when there is no inspector
 */
export const liveHeapMiB = async ({ pid, port }: { pid: number; port: number }): Promise<number> => {
  process.kill(pid, 'SIGUSR1')
  const inspector = await connect(await debuggerUrl(port))
  try {
    for (let collected = 0; collected < COLLECTIONS; collected++) await inspector.ask('HeapProfiler.collectGarbage')
    const used = await inspector.ask<HeapUsage>('Runtime.getHeapUsage')
    return (used.usedSize + (used.embedderHeapUsedSize ?? 0) + (used.backingStorageSize ?? 0)) / 2 ** 20
  } finally {
    inspector.close()
  }
}

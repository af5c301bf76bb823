import { setTimeout as sleep } from 'node:timers/promises'

/** Times that a process is asked for its inspector, and the pause between. */
const TRIES = 100
const PAUSE_MS = 50
/** A second collection takes what only the finalizers of the first let go. */
const COLLECTIONS = 2

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
  const answers = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown }
    answers.get(id)?.(result)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')))
  })
  let last = 0
  const ask = <Result>(method: string): Promise<Result> =>
    new Promise(resolve => {
      const id = ++last
      answers.set(id, resolve as (result: unknown) => void)
      socket.send(JSON.stringify({ id, method }))
    })
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

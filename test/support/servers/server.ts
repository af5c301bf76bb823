import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KeptProcess, keepProcess } from './keep-process.ts'

/** A database server the tests run on. All but `url` and `close` work only on a server of the tests' own. */
export type TestServer = {
  readonly url: string
  /** Ends the server, whatever state it is in, and removes its files. May be called twice. */
  close(): Promise<void>
  /** Stops the process where it is (SIGSTOP): connections stay open, nothing answers. */
  pause(): void
  /** Goes on after `pause`. */
  resume(): void
  /** Ends the process at once (SIGKILL). */
  kill(): void
  /** Starts it again with the files of before on the same port, after `kill` or while it runs. */
  restart(): Promise<void>
}

/** How the tests ask for a server. */
export type ServerOptions = {
  /** A server that nobody else uses, although a URL is given: for tests that stop it. */
  readonly owned?: boolean
  /** More arguments for the server program; such a server is always owned. */
  readonly args?: readonly string[]
}

/** How long a server may take to start. */
export const READY_MS = 30_000

const notOurs = (): never => {
  throw new Error('this server was given by its URL: it is not ours to stop')
}

/** A server somebody else runs. */
export const givenServer = (url: string): TestServer => ({
  url,
  close: async () => undefined,
  pause: notOurs,
  resume: notOurs,
  kill: notOurs,
  restart: async () => notOurs(),
})

/** What tells one server program from another. `isReady` is asked until it says so, and may throw until then. */
export type Program = {
  readonly path: string
  readonly args: (dir: string) => readonly string[]
  readonly url: string
  readonly isReady: () => Promise<boolean>
}

/** Waits until a program is ready. @throws Error after {@link READY_MS} */
export const untilReady = async ({ path, isReady }: Pick<Program, 'path' | 'isReady'>): Promise<void> => {
  const deadline = Date.now() + READY_MS
  while (!(await isReady().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${path} was not ready within ${READY_MS} ms`)
    await sleep(20)
  }
}

/** Runs a server with a directory of its own, and waits until it is ready. */
export const startOwned = async (program: Program): Promise<TestServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-server-'))
  let running: KeptProcess
  const close = () => running.end()
  const start = async (): Promise<void> => {
    running = await keepProcess(dir, program.path, program.args(dir))
    try {
      await untilReady(program)
    } catch (error) {
      await close()
      throw error
    }
  }
  await start()
  return {
    url: program.url,
    close,
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    kill: () => running.signal('SIGKILL'),
    restart: async () => {
      await running.end({ keep: true })
      await start()
    },
  }
}

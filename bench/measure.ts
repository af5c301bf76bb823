import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOfTree } from './cpu-time.ts'
import { runBatch } from './driver/batch.ts'
import { createHttpClient } from './driver/http-client.ts'
import { createLogin, type Login } from './driver/login.ts'
import { createRelyingParty, type Target } from './driver/relying-party.ts'

/** One batch of logins against one server: its CPU, and what the driver saw. */
export type Measurement = {
  readonly cpuMsPerLogin: number
  readonly requestsPerLogin: number
  readonly loginsPerSecond: number
  readonly latenciesMs: readonly number[]
  readonly logins: readonly Login[]
}
export type MeasuredTarget = Target & { readonly name: string; readonly pid: number }

const SETTLE_MS = 200

/**
 * Creates the measuring of one server. `measure` counts the CPU of the server's process tree from a quiet moment before
 * the batch to a quiet moment after it, so that work put off until after an answer counts too.
 */
export const createMeasuring = async (target: MeasuredTarget, upstreamOrigin: string, concurrency: number) => {
  const setup = createHttpClient(1)
  const relyingParty = await createRelyingParty(setup, target)
  setup.close()
  const login = createLogin({ target, upstreamOrigin, relyingParty })

  const measure = async (personas: readonly number[]): Promise<Measurement> => {
    const http = createHttpClient(concurrency)
    try {
      await sleep(SETTLE_MS)
      const before = cpuSecondsOfTree(target.pid)
      const { logins, seconds } = await runBatch(http, login, personas, concurrency)
      await sleep(SETTLE_MS)
      const cpuSeconds = cpuSecondsOfTree(target.pid) - before
      return {
        cpuMsPerLogin: (cpuSeconds * 1000) / logins.length,
        requestsPerLogin: logins.reduce((sum, { requests }) => sum + requests, 0) / logins.length,
        loginsPerSecond: logins.length / seconds,
        latenciesMs: logins.map(({ milliseconds }) => milliseconds),
        logins,
      }
    } finally {
      http.close()
    }
  }

  /** UserInfo of a finished login; outside every measurement. */
  const userinfo = async (login: Login): Promise<Record<string, unknown>> => {
    const http = createHttpClient(1)
    try {
      return await relyingParty.userinfo(http, login.accessToken)
    } finally {
      http.close()
    }
  }

  return { measure, userinfo }
}

export type Measuring = Awaited<ReturnType<typeof createMeasuring>>

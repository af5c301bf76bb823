import { runBatch } from '#bench/driver/batch.ts'
import { createHttpClient } from '#bench/driver/http-client.ts'
import type { Login, RunLogin } from '#bench/driver/login.ts'
import type { RelyingParty } from '#bench/driver/relying-party.ts'
import { createWorkload, timed, type Workload } from './workload.ts'

type Held = { readonly refreshToken: string; readonly subject: string }

/**
 * Refresh: as many persons as there are browsers hold a refresh token each and use it again and again, one at a time;
 * a server that gives out a new one is used with that.
 * @param deps.seen is told of those who logged in to get one
 */
export const createRefresh = (deps: {
  relyingParty: RelyingParty
  login: RunLogin
  concurrency: number
  seen: (logins: readonly Login[]) => void
}): Workload => {
  const { relyingParty, login, concurrency, seen } = deps
  let held: Held[] = []

  const prepare = async (personas: readonly number[]): Promise<void> => {
    const http = createHttpClient(concurrency)
    try {
      const { results } = await runBatch(http, login, personas.slice(0, concurrency), concurrency)
      seen(results)
      held = results.map(({ refreshToken, subject, persona }) => {
        if (refreshToken === undefined) throw new Error(`persona ${persona} got no refresh token`)
        return { refreshToken, subject }
      })
    } finally {
      http.close()
    }
  }

  return createWorkload({
    prepare,
    operate: http =>
      timed(async () => {
        const mine = held.shift()
        if (mine === undefined) throw new Error('no refresh token is left')
        const { subject, refreshToken = mine.refreshToken } = await relyingParty.refresh(http, mine.refreshToken)
        if (subject !== mine.subject) throw new Error('a refresh led to another account')
        held.push({ refreshToken, subject })
      }),
  })
}

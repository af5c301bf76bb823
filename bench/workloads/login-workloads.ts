import { runBatch } from '#bench/driver/batch.ts'
import { createHttpClient } from '#bench/driver/http-client.ts'
import type { Login, RunLogin } from '#bench/driver/login.ts'
import type { RelyingParty } from '#bench/driver/relying-party.ts'
import { assertDistinctSubjects, assertLinked, assertNoUpstream, assertSameSubjects } from './checks.ts'
import { createWorkload, type Workload } from './workload.ts'

/**
 * Creates the workloads that are logins of persons. They share who is logged in: who comes back, or has a session, is
 * somebody of the last `first`, and where that workload is not run, its logins are made without being measured.
 * @param deps.links whether the server links records, which is checked then
 * @param deps.seen is told of everybody who logged in for the first time
 */
export const createLoginWorkloads = (deps: {
  relyingParty: RelyingParty
  login: RunLogin
  links: boolean
  concurrency: number
  seen: (logins: readonly Login[]) => void
}): Readonly<Record<'first' | 'returning' | 'sso', Workload>> => {
  const { relyingParty, login, links, concurrency, seen } = deps
  let loggedIn: ReadonlyMap<number, Login> = new Map()

  const remember = (logins: readonly Login[]): void => {
    loggedIn = new Map(logins.map(each => [each.persona, each]))
    seen(logins)
  }

  const ensureLoggedIn = async (personas: readonly number[]): Promise<void> => {
    if (personas.every(persona => loggedIn.has(persona))) return
    const http = createHttpClient(concurrency)
    try {
      remember((await runBatch(http, login, personas, concurrency)).results)
    } finally {
      http.close()
    }
  }

  return {
    first: createWorkload({
      operate: (http, persona) => login(http, persona),
      check: async logins => {
        assertDistinctSubjects(logins)
        if (links) await assertLinked(relyingParty, logins)
        remember(logins)
      },
    }),
    returning: createWorkload({
      prepare: ensureLoggedIn,
      operate: (http, persona) => login(http, persona),
      check: async logins => assertSameSubjects(loggedIn, logins),
    }),
    sso: createWorkload({
      prepare: ensureLoggedIn,
      operate: (http, persona) => login(http, persona, loggedIn.get(persona)?.jar),
      check: async logins => {
        assertSameSubjects(loggedIn, logins)
        assertNoUpstream(logins)
      },
    }),
  }
}

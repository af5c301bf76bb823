import { createHttpClient } from '#bench/driver/http-client.ts'
import type { Login } from '#bench/driver/login.ts'
import type { RelyingParty } from '#bench/driver/relying-party.ts'
import { recordCountOf } from '#bench/servers/customer-base.ts'

const SAMPLE = 5

/** @throws Error unless every login led to an account of its own */
export const assertDistinctSubjects = (logins: readonly Login[]): void => {
  const subjects = new Set(logins.map(({ subject }) => subject))
  if (subjects.size !== logins.length) throw new Error(`${logins.length} persons got ${subjects.size} accounts`)
}

/** @throws Error unless everybody came back to the account of the first login */
export const assertSameSubjects = (known: ReadonlyMap<number, Login>, again: readonly Login[]): void => {
  const stranger = again.find(({ persona, subject }) => known.get(persona)?.subject !== subject)
  if (stranger) throw new Error(`persona ${stranger.persona} came back to another account`)
}

/** @throws Error when a browser with a session was sent to the upstream */
export const assertNoUpstream = (logins: readonly Login[]): void => {
  const sent = logins.find(({ sawUpstream }) => sawUpstream)
  if (sent) throw new Error(`persona ${sent.persona} has a session and was sent to the upstream`)
}

/**
 * Asks UserInfo of a few logins whether all of that person's records are linked: a fast login that links nothing is not
 * what is being measured.
 * @throws Error naming the persona otherwise
 */
export const assertLinked = async (relyingParty: RelyingParty, logins: readonly Login[]): Promise<void> => {
  const http = createHttpClient(1)
  try {
    for (const login of logins.slice(0, SAMPLE)) {
      const { customer_accounts: accounts } = await relyingParty.userinfo(http, login.accessToken)
      const linked = Array.isArray(accounts) ? accounts.length : 0
      const expected = recordCountOf(login.persona)
      if (linked !== expected) throw new Error(`persona ${login.persona}: ${linked} of ${expected} records linked`)
    }
  } finally {
    http.close()
  }
}

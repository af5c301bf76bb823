import { recordCountOf } from './customer-base.ts'
import type { Login } from './driver/login.ts'
import type { Measurement, Measuring } from './measure.ts'

const SAMPLE = 5

/** @throws Error unless every login led to an account of its own */
export const assertDistinctSubjects = ({ logins }: Measurement): void => {
  const subjects = new Set(logins.map(({ subject }) => subject))
  if (subjects.size !== logins.length) throw new Error(`${logins.length} persons got ${subjects.size} accounts`)
}

/** @throws Error unless everybody came back to the account of the first login */
export const assertSameSubjects = (first: Measurement, again: Measurement): void => {
  const known = new Map(first.logins.map(({ persona, subject }) => [persona, subject]))
  const stranger = again.logins.find(({ persona, subject }) => known.get(persona) !== subject)
  if (stranger) throw new Error(`persona ${stranger.persona} came back to another account`)
}

/**
 * Asks UserInfo of a few logins whether all of that person's records are linked: a fast login that links nothing is not
 * what is being measured.
 * @throws Error naming the persona otherwise
 */
export const assertLinked = async (measuring: Measuring, logins: readonly Login[]): Promise<void> => {
  for (const login of logins.slice(0, SAMPLE)) {
    const { customer_accounts: accounts } = await measuring.userinfo(login)
    const linked = Array.isArray(accounts) ? accounts.length : 0
    const expected = recordCountOf(login.persona)
    if (linked !== expected) throw new Error(`persona ${login.persona}: ${linked} of ${expected} records linked`)
  }
}

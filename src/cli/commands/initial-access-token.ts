import { randomBytes } from 'node:crypto'
import { withStore } from '#src/cli/offline.ts'
import { type Outcome, unusable } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'

const DAY_SECONDS = 24 * 3600

/** Options of `clients initial-access-token`; `days` as typed. */
export type InitialAccessTokenOptions = { readonly policy: string; readonly days: string }

/**
 * `clients initial-access-token`: prints a token with which clients may register (RFC 7591, 1.2) within a policy of the
 * configuration, for some days. Nodes that run know it at once; it is kept where nothing is lost, and printed once.
 */
export const makeInitialAccessToken = async (
  terminal: Terminal,
  { policy, days }: InitialAccessTokenOptions,
): Promise<Outcome> => {
  const names = Object.keys(terminal.loadConfig().registration?.policies ?? {})
  const seconds = Math.round(Number(days) * DAY_SECONDS)
  const problem = !names.includes(policy)
    ? `there is no policy "${policy}": the configuration has ${names.join(', ') || 'none (registration.policies)'}`
    : !(seconds > 0 && seconds <= 366 * DAY_SECONDS)
      ? '--days must be a number up to 366'
      : undefined
  if (problem !== undefined) return unusable(problem)
  const token = randomBytes(32).toString('base64url')
  const at = terminal.clock()
  const iat = Math.floor(at / 1000)
  const payload = { kind: 'InitialAccessToken', jti: token, iat, exp: iat + seconds, policies: [policy] }
  const data = { policy, expiresAt: at + seconds * 1000, by: terminal.operator }
  await withStore({ terminal }, async ({ grants, audit }) => {
    await audit.append([{ at, type: 'client.initial-access-token', data }])
    await grants.upsert('InitialAccessToken', token, payload, seconds, {})
  })
  return {
    value: { token, policy, expiresAt: data.expiresAt },
    text: `${token}\n`,
    note: `clients may register with it within the policy ${policy} for ${days} days\n`,
  }
}

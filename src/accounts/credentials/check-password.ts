import { hash } from 'node:crypto'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { CredentialsPort, StoredCredential } from '#src/store/ports/credentials.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import type { LimitsPort } from '#src/store/ports/limits.ts'
import { createAtMost } from './at-most.ts'
import { comparableUsername } from './comparable-username.ts'
import { type HashCosts, loadHashCosts } from './hash-costs.ts'
import { readHash } from './hashes/read-hash.ts'
import { createIsLoginActive } from './is-login-active.ts'
import { decodeLogin } from './login-document.ts'
import { createPasswordLimits, WINDOW_SECONDS } from './password-limits.ts'

/**
 * `wrong` stands for all failures alike: no such username, another password, an old login that has ended. `locked`: too
 * many tries, whoever they are about; `retryAt` is when there are tries again at the latest, in epoch milliseconds.
 * `unavailable`: the legacy system, which alone can tell, does not answer.
 */
export type PasswordOutcome =
  | { readonly kind: 'right'; readonly accountId: AccountId }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly retryAt: number }
  | { readonly kind: 'unavailable' }

/** What a person typed, and where they are. */
export type PasswordEntry = { readonly username: string; readonly password: string; readonly ip: string }

/** Asks the legacy system about a password that PIAS has no hash of; undefined where it does not answer in time. */
export type VerifyElsewhere = (username: string, password: string) => Promise<boolean | undefined>

export type CheckPasswordDeps = {
  readonly credentials: Pick<CredentialsPort, 'findByUsername'>
  readonly accounts: Pick<AccountsPort, 'find'>
  readonly keys: Pick<KeysPort, 'find'>
  readonly limits: LimitsPort
  readonly audit: Pick<AuditPort, 'append'>
  readonly clock: Clock
  readonly verifyElsewhere?: VerifyElsewhere
}

/** Hashes cost memory and threads: a few at a time, and few enough behind them that nobody waits for long. */
const AT_A_TIME = { running: 3, waiting: 30 }
/** How long what hashes cost is remembered: imports change it. */
const COSTS_KEPT_MS = 60_000

/**
 * A dummy for somebody who is not there: of the costs that imported hashes have, as often as they have them, and the same
 * for a username each time, as a real one would be.
 */
const dummyFor = (username: string, costs: HashCosts): string | undefined => {
  const kinds = Object.values(costs)
  const total = kinds.reduce((sum, { accounts }) => sum + accounts, 0)
  let at = (Number.parseInt(hash('sha256', username, 'hex').slice(0, 12), 16) / 2 ** 48) * total
  for (const { dummy, accounts } of kinds) {
    at -= accounts
    if (at < 0) return dummy
  }
  return undefined
}

/**
 * Checks an old login. Tries are counted before anything is looked up; what is there and what is not costs the same work,
 * and is answered with the same words. An account that is blocked or was merged into another has no old login any more.
 * @throws PiasError `store.unavailable`, `server.overloaded`
 */
export const createCheckPassword = (deps: CheckPasswordDeps) => {
  const { credentials, keys, audit, clock, verifyElsewhere } = deps
  const isActive = createIsLoginActive(deps)
  const isOneTooMany = createPasswordLimits(deps.limits)
  const atMost = createAtMost(AT_A_TIME)
  let costs: { readonly known: HashCosts; readonly at: number } | undefined

  const costsNow = async (): Promise<HashCosts> => {
    if (costs === undefined || clock() - costs.at > COSTS_KEPT_MS)
      costs = { known: await loadHashCosts(keys), at: clock() }
    return costs.known
  }

  /** Whether the password is the one of this login; without a login the same work is done for nothing. */
  const isRight = async (
    username: string,
    password: string,
    credential: StoredCredential | undefined,
  ): Promise<boolean | undefined> => {
    const dummy = dummyFor(username, await costsNow())
    const { passwordHash } = credential === undefined ? { passwordHash: dummy } : decodeLogin(credential.document)
    // One without a hash is the legacy system's to check, as is one that nobody knows where there are no hashes.
    if (passwordHash === undefined || passwordHash === '') return verifyElsewhere?.(username, password) ?? false
    const read = readHash(passwordHash)
    return 'fault' in read ? false : atMost(() => read.verify(password))
  }

  const refuse = async (kind: 'wrong' | 'locked', clientId: string, accountId?: AccountId): Promise<void> => {
    const about = accountId === undefined ? {} : { accountId }
    await audit.append([{ at: clock(), type: 'password.refused', clientId, ...about, data: { reason: kind } }])
  }

  return async (entry: PasswordEntry, { clientId }: { clientId: string }): Promise<PasswordOutcome> => {
    const username = comparableUsername(entry.username)
    if (await isOneTooMany({ username, ip: entry.ip })) {
      await refuse('locked', clientId)
      return { kind: 'locked', retryAt: clock() + WINDOW_SECONDS * 1000 }
    }
    const found = await credentials.findByUsername(username)
    const active = found !== undefined && (await isActive(found)) ? found : undefined
    const right = await isRight(username, entry.password, active)
    if (right === undefined) return { kind: 'unavailable' }
    if (right && active !== undefined) return { kind: 'right', accountId: active.accountId }
    await refuse('wrong', clientId, active?.accountId)
    return { kind: 'wrong' }
  }
}

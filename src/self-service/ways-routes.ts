import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { MOST_PASSKEYS, type Passkeys } from '#src/accounts/credentials/passkeys.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { CredentialsPort } from '#src/store/ports/credentials.ts'
import { ACCOUNT_PATH } from './account-client.ts'
import { field, type OwnLogin, type OwnPageDeps, type OwnPages } from './own-pages.ts'

/** The page of the ways into an account. */
export const WAYS_PATH = `${ACCOUNT_PATH}/ways`

export type WaysDeps = OwnPageDeps & {
  readonly accounts: Pick<AccountsPort, 'find'>
  readonly credentials: Pick<CredentialsPort, 'find'>
  readonly passkeys: Pick<Passkeys, 'list' | 'creationOptions' | 'add' | 'remove'>
  /** The upstreams that vouch for the account, by name. */
  readonly upstreamsOf: (accountId: AccountId) => Promise<readonly string[]>
  /** What the browser of a request runs on, in two words. */
  readonly deviceOf: (ctx: Context) => string | undefined
}

const CHALLENGE_MS = 600_000

const parseResponse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Challenges that nothing keeps: random, of one session, good for ten minutes (WebAuthn, 13.4.3). One that was answered
 * is good for nothing again, for a passkey is added once.
 */
const createChallenges = ({ secret, clock }: Pick<WaysDeps, 'secret' | 'clock'>) => {
  const sign = ({ sessionUid }: OwnLogin, text: string): Buffer =>
    createHmac('sha256', secret).update(`passkey ${sessionUid} ${text}`).digest()
  return {
    make: (login: OwnLogin): string => {
      const text = `${clock().toString(36)}.${randomBytes(16).toString('base64url')}`
      return `${text}.${sign(login, text).toString('base64url')}`
    },
    isStillValid: (login: OwnLogin, challenge: string): boolean => {
      const [madeAt = '', random = '', signature = ''] = challenge.split('.')
      const [given, right] = [Buffer.from(signature, 'base64url'), sign(login, `${madeAt}.${random}`)]
      if (given.length !== right.length || !timingSafeEqual(given, right)) return false
      return clock() - Number.parseInt(madeAt, 36) < CHALLENGE_MS
    },
  }
}

/**
 * The ways into an account: what there is, and passkeys to add and to remove. Both want a login of the last minutes; adding
 * wants one that an upstream vouched for, so that a passkey never makes another.
 */
export const addWaysRoutes = ({ page, form, csrfOf }: OwnPages, deps: WaysDeps): void => {
  const { accounts, credentials, passkeys, clock } = deps
  const challenges = createChallenges(deps)

  const addition = async (login: OwnLogin, held: number): Promise<Pick<PageModels['account-ways'], 'add'>> => {
    if (!login.vouchedFor) return {}
    if (held >= MOST_PASSKEYS) return { add: 'full' }
    const challenge = challenges.make(login)
    const account = await accounts.find(login.accountId)
    const { name = '' } = account?.claims ?? {}
    return {
      add: { challenge, options: await passkeys.creationOptions(login.accountId, name, Buffer.from(challenge)) },
    }
  }

  const showWays = async (
    ctx: Context,
    login: OwnLogin,
    error?: PageModels['account-ways']['error'],
  ): Promise<void> => {
    const { accountId } = login
    const [held, upstreams, old] = await Promise.all([
      passkeys.list(accountId),
      deps.upstreamsOf(accountId),
      credentials.find(accountId),
    ])
    const { retiresAt } = old ?? {}
    const hasPassword = old !== undefined && (retiresAt === undefined || retiresAt > clock())
    if (error !== undefined) ctx.status = 422
    deps.show(ctx, 'account-ways', {
      csrf: csrfOf(login),
      upstreams,
      ...(hasPassword && { password: retiresAt === undefined ? {} : { retiresAt } }),
      passkeys: held,
      ...(await addition(login, held.length)),
      ...(error !== undefined && { error }),
    })
  }

  page(WAYS_PATH, true, (ctx, login) => showWays(ctx, login))

  form('/ways/add', WAYS_PATH, true, async (ctx, login) => {
    const [challenge, credential] = [field(ctx, 'challenge'), field(ctx, 'credential')]
    const device = deps.deviceOf(ctx)
    if (!login.vouchedFor) return WAYS_PATH
    if (credential === '') {
      await showWays(ctx, login, 'unsupported')
      return undefined
    }
    const outcome = challenges.isStillValid(login, challenge)
      ? await passkeys.add(login.accountId, {
          response: parseResponse(credential),
          challenge: Buffer.from(challenge),
          loggedInAt: login.loggedInAt,
          ...(device !== undefined && { device }),
        })
      : 'refused'
    if (outcome === 'added') return WAYS_PATH
    await showWays(ctx, login, 'refused')
    return undefined
  })

  form('/ways/remove', WAYS_PATH, true, async (ctx, { accountId }) => {
    await passkeys.remove(accountId, field(ctx, 'passkey'))
    return WAYS_PATH
  })
}

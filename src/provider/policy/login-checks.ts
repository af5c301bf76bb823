import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { demandOf, isStrongEnough, refuseUnmet } from './demand.ts'

const { Check } = interactionPolicy

type LoginCheck = InstanceType<typeof Check>

/** How far an upstream's clock may be off, in seconds. */
const CLOCK_TOLERANCE = 10

const NEEDED = ['End-User authentication is required', 'login_required'] as const

/** A check that asks for a login where `asks` says so. */
export const loginCheck = (reason: string, asks: (ctx: KoaContextWithOIDC) => boolean | Promise<boolean>): LoginCheck =>
  new Check(reason, ...NEEDED, async ctx => ((await asks(ctx)) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT))

/** The library reads the hint when a request begins, and has forgotten it when the person comes back from the login. */
const readHintAgain = async ({ oidc }: KoaContextWithOIDC): Promise<void> => {
  const { id_token_hint: hint } = oidc.params as { id_token_hint?: string }
  if (hint === undefined || oidc.client === undefined || oidc.entities.IdTokenHint !== undefined) return
  oidc.entity('IdTokenHint', await oidc.provider.IdToken.validate(hint, oidc.client))
}

/**
 * Lets a check that stays unhappy after the login that it asked for end at the app: the library would send the person
 * up again and again (OIDC Core 3.1.2.2: `id_token_hint` of somebody else is `login_required`).
 */
export const askOnce = (check: LoginCheck): void => {
  const { check: asks } = check
  check.check = async ctx => {
    if (check.reason === 'id_token_hint') await readHintAgain(ctx)
    const unhappy = await asks(ctx)
    if (unhappy && ctx.oidc.result?.login !== undefined) throw new errors.LoginRequired()
    return unhappy
  }
}

/** Whether nothing is worth anything to the account of the session. @throws AccessDenied where it has just logged in */
export const accountGone = ({ oidc }: KoaContextWithOIDC): boolean => {
  if (oidc.session?.accountId === undefined || oidc.account !== undefined) return false
  if (oidc.result?.login === undefined) return true
  throw new errors.AccessDenied('the account is blocked or gone')
}

/** Asks for a step-up where the session is too weak. After it, what is essential and still missing is an error. */
export const tooWeak = loginCheck('acr_too_weak', ctx => {
  const { session, result } = ctx.oidc
  const demand = demandOf(ctx)
  if (session?.accountId === undefined || isStrongEnough(demand, session.acr)) return false
  if (result?.login === undefined) return true
  return demand.essential ? refuseUnmet() : false
})

/**
 * Asks for a login where the person was authenticated too long ago. After it, an upstream that took the person in by a
 * session of its own is found out by its `auth_time`.
 */
export const tooOld = loginCheck('too_old', ctx => {
  const { session, result, entities } = ctx.oidc
  const { maxAge } = demandOf(ctx)
  if (session?.accountId === undefined || maxAge === undefined) return false
  if (result?.login === undefined) return maxAge === 0 || session.past(maxAge)
  const begun = entities.Interaction?.iat ?? 0
  if ((session.loginTs ?? 0) >= begun - maxAge - CLOCK_TOLERANCE) return false
  throw new errors.LoginRequired('the person was not authenticated anew')
})

import Provider, { type Client } from 'oidc-provider'
import type { Clock } from '#src/kernel/runtime.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { LogoutsPort } from '#src/store/ports/logouts.ts'

/**
 * A session or grant with the moment of the login it rests on, and a grant with that of the consent, in epoch
 * milliseconds; a session's `loginTs` is when the upstream saw the person.
 */
export type Dated = { loggedInAt?: number; consentSince?: number }

/** A grant besides knows the session it was given in, and what that runs on, as far as it was told. */
export type Placed = { sessionUid?: string; device?: string }

/** What a client of the library sends a logout token with. */
type SendLogout = (this: Client, accountId: string, sid: string) => Promise<void>
type LogoutMethods = { backchannelLogout: SendLogout; sendLogout: SendLogout }

/** Sends one logout token, now (Back-Channel Logout 1.0, 2.5). @throws what `fetch` throws, or an Error with `response` */
export const sendLogout = (client: Client, accountId: string, sid: string): Promise<void> =>
  (client as unknown as LogoutMethods).sendLogout.call(client, accountId, sid)

const keepDates = (model: unknown, ...more: readonly (keyof Placed)[]): void => {
  const { IN_PAYLOAD } = model as { readonly IN_PAYLOAD: readonly string[] }
  const kept = [...IN_PAYLOAD, 'loggedInAt', 'consentSince', ...more]
  Object.defineProperty(model, 'IN_PAYLOAD', { get: () => kept })
}

/** Since when a login counts that an interaction has brought (interaction-gate.ts), in epoch milliseconds. */
const sinceOf = (ctx: typeof Provider.ctx): number | undefined =>
  (ctx?.oidc.entities.Interaction?.result?.login as { since?: number } | undefined)?.since

/**
 * Lets every session remember when its login was, so that logins before a moment can be refused; not when the browser came
 * for it, which may be much later.
 */
const dateLogins = ({ Session, Grant }: Provider, clock: Clock): void => {
  keepDates(Session)
  keepDates(Grant, 'sessionUid', 'device')
  const { loginAccount } = Session.prototype
  Session.prototype.loginAccount = function (details) {
    loginAccount.call(this, details)
    Object.assign(this, { loggedInAt: sinceOf(Provider.ctx) ?? clock() } satisfies Dated)
  }
}

/**
 * Lets whatever ends a session release its logouts, before it ends it: what cannot be noted does not happen. The library
 * would call the apps itself, once, while the person waits; now its call only releases them.
 */
const releaseLogouts = ({ Session, Client }: Provider, logouts: Pick<LogoutsPort, 'release'>, clock: Clock): void => {
  const { destroy } = Session.prototype
  Session.prototype.destroy = async function () {
    if (this.accountId !== undefined) await logouts.release({ sessionUid: this.uid }, clock()).catch(asUnavailable)
    return destroy.call(this)
  }

  const methods = Client.prototype as unknown as LogoutMethods
  methods.sendLogout = methods.backchannelLogout
  methods.backchannelLogout = async function () {
    const { session, params } = Provider.ctx?.oidc ?? {}
    // With the whole session, it is ended next.
    if (session === undefined || params?.logout !== undefined) return
    await logouts.release({ sessionUid: session.uid, clientId: this.clientId }, clock()).catch(asUnavailable)
  }
}

/** Has the ends of sessions noted, for one provider. */
export const noteSessionEnds = (
  provider: Provider,
  { logouts, clock }: { logouts: Pick<LogoutsPort, 'release'>; clock: Clock },
): void => {
  dateLogins(provider, clock)
  releaseLogouts(provider, logouts, clock)
}

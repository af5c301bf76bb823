import { randomBytes } from 'node:crypto'
import * as oidc from 'openid-client'
import { createConsents } from '#src/accounts/consents.ts'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import { canBeTried, trialClientId, trialOf } from '#src/clients/trial-clients.ts'
import type { Clock, Json, Logger } from '#src/kernel/runtime.ts'
import type { TrialGrants } from '#src/provider/trial-grants.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import { appSteps } from './app-steps.ts'
import { createConnect, exchange, type Outcome, oauthError, type TrialKey } from './exchange.ts'
import type { TrialReport } from './trial-report.ts'

/** What the app asks for in a trial; the rest is as any request of it. */
export type TrialAsked = {
  readonly scope?: string
  readonly resource?: string
  readonly acr?: string
  readonly prompt?: 'login' | 'consent' | 'none'
  readonly locale?: string
}

/** A trial that has begun: where the browser goes, within a minute, and with what. */
export type TrialBegun = {
  readonly id: string
  readonly url: string
  readonly request: Readonly<Record<string, string>>
}

type Kept = {
  readonly by: string
  readonly clientId: string
  readonly request: Readonly<Record<string, string>>
  readonly verifier: string
  readonly nonce: string
  readonly state: string
}

const BEGUN = 'Trial'
const REPORT = 'TrialReport'
/** For the login, in seconds. */
const BEGUN_SECONDS = 1800
/** For looking at the report again, in seconds. */
const REPORT_SECONDS = 900

/**
 * Test logins as an app (ADR 0074): PIAS is its own relying party, by the twin of the app. What comes of one is told to
 * whoever began it and to nobody else, and is worth nothing afterwards.
 * @param deps.key private key of all twins
 */
export const createTrials = (deps: {
  issuer: string
  redirectUri: string
  key: TrialKey
  findClient: (clientId: string) => Promise<ClientMetadata | undefined>
  grants: TrialGrants
  artifacts: Pick<ArtifactsPort, 'upsert' | 'find' | 'consume'>
  consents: ConsentsPort
  audit: Pick<AuditPort, 'append'>
  clock: Clock
  logger: Logger
}) => {
  const { redirectUri, findClient, grants, artifacts, clock, logger } = deps
  const connect = createConnect(deps)
  const { withdraw } = createConsents(deps)

  const requestOf = async (run: string, app: ClientMetadata, asked: TrialAsked) => {
    const [verifier, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomNonce()]
    const state = `${run}.${oidc.randomState()}`
    const { scope = app.scope ?? 'openid', resource, acr, prompt, locale } = asked
    const request: Record<string, string> = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge_method: 'S256',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      ...(resource !== undefined && { resource }),
      ...(acr !== undefined && { acr_values: acr }),
      ...(prompt !== undefined && { prompt }),
      ...(locale !== undefined && { ui_locales: locale }),
    }
    return { request, verifier, nonce, state }
  }

  const begin = async (clientId: string, asked: TrialAsked, by: string) => {
    const app = trialOf(clientId) === undefined ? await findClient(clientId) : undefined
    if (app === undefined) return 'no-client' as const
    if (!canBeTried(app)) return 'no-login' as const
    const run = randomBytes(16).toString('base64url')
    const made = await requestOf(run, app, asked)
    try {
      const url = await oidc.buildAuthorizationUrlWithPAR(await connect(run, app), made.request)
      const kept: Kept = { by, clientId, ...made }
      await artifacts.upsert(BEGUN, run, kept as unknown as Json, BEGUN_SECONDS, {})
      const begun: TrialBegun = { id: run, url: url.href, request: made.request }
      return begun
    } catch (error) {
      const refused = oauthError('request', error)
      if (refused !== undefined) return refused
      logger.error({ event: 'trial_failed', cause: String(error) }, 'PIAS does not answer itself')
      return 'away' as const
    }
  }

  /** What the app would get, after which none of it is worth anything. */
  const redeem = async (run: string, app: ClientMetadata, kept: Kept, answer: URLSearchParams): Promise<Outcome> => {
    const owner = await grants.ownerOf(answer.get('code') ?? '')
    try {
      const config = await connect(run, app)
      return await exchange(config, { ...kept, answer, redirectUri, own: owner?.accountId === kept.by })
    } finally {
      if (owner !== undefined) {
        await grants.end(owner.grantId)
        await withdraw(owner.accountId, trialClientId(run, kept.clientId))
      }
    }
  }

  return {
    /** Begins a trial; an error of OAuth where PIAS refuses the request itself. */
    begin,

    /**
     * Takes what PIAS sent the browser back with, once, from whoever began; asked again it tells the same for a quarter
     * of an hour. Undefined where nothing was begun, or by somebody else, or what is told is gone.
     */
    finish: async (answer: URLSearchParams, by: string): Promise<TrialReport | undefined> => {
      const state = answer.get('state') ?? ''
      const [run = ''] = state.split('.')
      const found = await artifacts.find(BEGUN, run)
      const kept = found?.payload as unknown as Kept | undefined
      if (kept === undefined || kept.by !== by || kept.state !== state) return undefined
      const app = await findClient(kept.clientId)
      if (app === undefined || !(await artifacts.consume(BEGUN, run))) {
        return (await artifacts.find(REPORT, run))?.payload as TrialReport | undefined
      }
      const { clientId, request } = kept
      const outcome = await redeem(run, app, kept, answer)
      const report: TrialReport = { id: run, clientId, at: clock(), request, ...outcome, appSteps: appSteps(app) }
      await artifacts.upsert(REPORT, run, report as unknown as Json, REPORT_SECONDS, {})
      return report
    },
  }
}

/** Test logins as an app. */
export type Trials = ReturnType<typeof createTrials>

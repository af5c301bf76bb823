import type { Acr, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { oidcConfigSchema } from '#src/upstream/oidc/config.ts'
import { openOidc } from '#src/upstream/oidc/connect.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'

export const CLIENT_ID = 'pias-at-partner'
export const CALLBACK = 'http://127.0.0.1:9/callback/partner'
export const SECRET = 'a synthetic secret of enough characters: +/%&'
export const BASIC = 'urn:pias:acr:basic'

/** A good configuration of the partner, with changes. */
export const partnerConfig = (issuer: string, changes: object = {}): object => ({
  kind: 'oidc',
  id: 'partner',
  issuer,
  clientId: CLIENT_ID,
  authentication: { method: 'client_secret_basic', secret: SECRET },
  acr: { absent: BASIC },
  ...changes,
})

/** One begun leg: where the browser goes, and how to end it. */
export type Leg = {
  readonly redirectTo: URL
  readonly complete: (
    callback: URL,
    changes?: Partial<Parameters<UpstreamIdp['complete']>[0]>,
  ) => Promise<VerifiedIdentity>
}

type ConnectorOptions = {
  readonly config?: object
  readonly keys?: KeysPort
  readonly clock?: Clock
  readonly fetch?: typeof globalThis.fetch
}

/** A connector of its own, so that nothing it has cached reaches another test. */
export const openConnector = async (issuer: string, options: ConnectorOptions = {}) => {
  const warnings: object[] = []
  const silent = () => {}
  const logger: Logger = { debug: silent, info: silent, error: silent, warn: fields => void warnings.push(fields) }
  const { idp, publicJwks } = await openOidc(oidcConfigSchema.parse(partnerConfig(issuer, options.config)), {
    keys: options.keys ?? memoryKeys(),
    clock: options.clock ?? Date.now,
    logger,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  })

  const begin = async (input: { acr?: Acr } = {}): Promise<Leg> => {
    const state = `attempt.${crypto.randomUUID()}`
    const departure = await idp.begin({
      purpose: 'login',
      locale: 'nl',
      acr: input.acr,
      state,
      callbackUrl: CALLBACK,
    })
    return {
      redirectTo: new URL(departure.redirectTo),
      complete: (callback, changes = {}) =>
        idp.complete({ callback, state, callbackUrl: CALLBACK, handoff: departure.handoff, ...changes }),
    }
  }

  /** The browser: goes where it is sent, as a person of the partner, and comes back. */
  const visit = async (leg: Leg, persona: string): Promise<URL> => {
    leg.redirectTo.searchParams.set('persona', persona)
    const answers = await createHttpBrowser().follow(leg.redirectTo.href, location => location.startsWith(CALLBACK))
    const last = answers.at(-1)
    if (last?.location === undefined) throw new Error(`the partner answered ${last?.status} ${last?.body}`)
    return new URL(last.location)
  }

  const logIn = async (persona: string, input: { acr?: Acr } = {}): Promise<VerifiedIdentity> => {
    const leg = await begin(input)
    return leg.complete(await visit(leg, persona))
  }

  return { idp, publicJwks, begin, visit, logIn, warnings }
}

/** The error a promise ends in. */
export const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { AccountId, Acr } from '#src/kernel/identity.ts'
import { type ConsentRules, scopesOf } from '#src/provider/consent/consent-rules.ts'
import { demandOf } from '#src/provider/policy/demand.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'
import type { UnitOfWork } from '#src/store/ports/unit-of-work.ts'

/** What the interaction station needs to begin; the answer is the URL the browser is sent to. */
export type StartInteraction = (
  ctx: Context,
  request: {
    uid: string
    returnTo: string
    prompt: string
    clientId: string
    uiLocales?: string
    /** The level that is wanted most. */
    acr?: Acr
    /** Seconds that may have passed since the person was authenticated. */
    maxAge?: number
    /** What a person is asked to let the app have, and what it has already. */
    consent?: { accountId: AccountId; scopes: readonly string[]; given: readonly string[]; thirdParty: boolean }
    upstreamHint?: string
    /** Who is logged in in this browser, although that is not enough. */
    knownAccount?: AccountId
  },
) => Promise<string>

type Deps = {
  startInteraction: StartInteraction
  unitOfWork: Pick<UnitOfWork, 'flush'>
  consents: Pick<ConsentsPort, 'find'>
  rules: ConsentRules
  findClient: (clientId: string) => ClientMetadata | undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** What the person is asked to let the app have; nothing where none of it needs to be asked. */
const askedConsent = async (ctx: KoaContextWithOIDC, { consents, rules, findClient }: Deps) => {
  const { client, account } = ctx.oidc
  if (client === undefined || account === undefined) return undefined
  const scopes = rules.needing(client.clientId, scopesOf(ctx))
  if (scopes.length === 0) return undefined
  const accountId = account.accountId as AccountId
  const given = await consents.find(accountId, client.clientId).catch(asUnavailable)
  const thirdParty = findClient(client.clientId)?.pias_first_party !== true
  return { accountId, scopes, given: given?.scopes ?? [], thirdParty }
}

/**
 * Begins an interaction where the library finds that it needs one, and tells where it goes on. While the store is away
 * the app hears so (`temporarily_unavailable`).
 */
export const createInteractionUrl =
  (deps: Deps) =>
  async (ctx: KoaContextWithOIDC, interaction: InstanceType<Provider['Interaction']>): Promise<string> => {
    const { startInteraction, unitOfWork } = deps
    const { uid, returnTo, prompt, params } = interaction
    const { acrs, maxAge } = demandOf(ctx)
    const [acr] = acrs
    const consent = prompt.name === 'consent' ? await askedConsent(ctx, deps) : undefined
    const [uiLocales, upstreamHint] = [text(params.ui_locales), text(params.pias_upstream)]
    const knownAccount = ctx.oidc.session?.accountId as AccountId | undefined
    const url = await startInteraction(ctx, {
      uid,
      returnTo,
      prompt: prompt.name,
      clientId: String(params.client_id),
      ...(uiLocales !== undefined && { uiLocales }),
      ...(acr !== undefined && { acr }),
      ...(maxAge !== undefined && { maxAge }),
      ...(consent !== undefined && { consent }),
      ...(upstreamHint !== undefined && { upstreamHint }),
      ...(knownAccount !== undefined && { knownAccount }),
    }).catch(async error => {
      // What was gathered for it fails here, not when the answer is made already.
      await unitOfWork.flush().catch(() => undefined)
      return asUnavailable(error)
    })
    // While the library can still tell the app that it failed.
    await unitOfWork.flush().catch(asUnavailable)
    return url
  }

import type Provider from 'oidc-provider'
import type { AccountId, Acr } from '#src/kernel/identity.ts'

/**
 * How an interaction ends: with a login, with consent alone, or with an OAuth error at the app. `since`: from which moment
 * on the login counts, in epoch milliseconds; it ends with all that is ended after that.
 */
type InteractionResult =
  | { readonly login: { accountId: AccountId; acr: Acr; amr: readonly string[]; authTime: number; since: number } }
  | { readonly consent: true }
  | { readonly error: 'access_denied' | 'temporarily_unavailable'; readonly description: string }

/**
 * Ends an interaction. Works on the interaction's id, not on the library's cookie: that one is scoped to the path of
 * the upstream's URL, since PIAS sends people there at once. The browser is checked twice elsewhere, by the attempt's
 * own cookie before and by the library's resume cookie after.
 * @returns where to send the browser: back into the authorization endpoint; undefined when the interaction is gone
 */
export type FinishInteraction = (uid: string, result: InteractionResult) => Promise<string | undefined>

type Submission = NonNullable<InstanceType<Provider['Interaction']>['result']>

const toSubmission = (result: InteractionResult): Submission => {
  if ('error' in result) return { error: result.error, error_description: result.description }
  if ('consent' in result) return { consent: {} }
  const { accountId, acr, amr, authTime, since } = result.login
  // Whoever logs in has registered, too. Consent is asked for itself, or not at all.
  return { login: { accountId, acr, amr: [...amr], ts: authTime, remember: true, since }, create: {} }
}

/** @param current the provider of this moment; never kept, so that keys and settings can change without a restart */
export const createInteractionGate = (current: () => Provider): { finish: FinishInteraction } => ({
  finish: async (uid, result) => {
    const provider = current()
    const interaction = await provider.Interaction.find(uid)
    if (interaction === undefined) return undefined

    const before = interaction.session
    if (before?.uid !== undefined) {
      const session = await provider.Session.findByUid(before.uid)
      const isOther = 'login' in result && session?.accountId !== result.login.accountId
      // Somebody else is logged in here. The library would answer with a self-submitting page that logs them out.
      if (isOther) await session?.destroy()
      // A session that has ended meanwhile is not asked for when the browser comes back.
      if (isOther || session === undefined) delete interaction.session
    }
    interaction.result = { ...interaction.lastSubmission, ...toSubmission(result) }
    await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
    return interaction.returnTo
  },
})

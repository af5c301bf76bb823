import { decodeJwt } from 'jose'
import Provider, { type AccessToken, errors } from 'oidc-provider'
import type { ClientMetadata } from '#src/clients/client-metadata.ts'

type FindClient = (clientId: string) => ClientMetadata | undefined

/** Whether a client's proofs count only with a nonce of ours (RFC 9449, 8). */
export const mustUseNonce = (findClient: FindClient, clientId: string | undefined): boolean =>
  clientId !== undefined && findClient(clientId)?.pias_dpop_nonce_required === true

/**
 * Demands the nonce where a token is used, too (RFC 9449, 9): the library looks at a proof there before it knows whose
 * token comes with it. By then it has verified the proof and told the nonce to use.
 * @throws UseDpopNonce
 */
export const demandNonces = (provider: Provider, findClient: FindClient): void => {
  const tokens = provider.AccessToken as unknown as { find(value: string): Promise<AccessToken | undefined> }
  const find = tokens.find.bind(tokens)
  tokens.find = async value => {
    const token = await find(value)
    const { ctx } = Provider
    const proof = ctx?.oidc.route === 'userinfo' ? ctx.get('DPoP') : ''
    if (proof === '' || !mustUseNonce(findClient, token?.clientId)) return token
    if (decodeJwt(proof).nonce === undefined) throw new errors.UseDpopNonce('nonce is required in the DPoP proof')
    return token
  }
}

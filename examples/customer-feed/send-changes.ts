import { setTimeout as sleep } from 'node:timers/promises'
import * as oidc from 'openid-client'

/** A line of a customer file: a record, or `deleted: true` with the key of one to withdraw. */
export type Line = { readonly customerId: string; readonly serviceLine: string; readonly [field: string]: unknown }

const SCOPE = 'pias:customers'
const MOST_LINES = 200
const TRIES = 10
/** A token lives five minutes: a new one is asked for before the old one ends. */
const EARLY_MS = 30_000

/**
 * Sends changes of customer records to PIAS, in their order: what was not done is sent again, which does no harm, and what
 * PIAS refuses ends it.
 * @param options.issuer of PIAS; `origin`: of its admin plane; `key`: the private key whose public half is in the client's file
 * @throws Error with what PIAS says of each field, when it refuses lines
 */
export const createSendChanges = async (options: {
  issuer: string
  origin: string
  clientId: string
  key: { key: CryptoKey; kid: string }
}) => {
  const { issuer, origin, clientId, key } = options
  // For PIAS on this machine alone: elsewhere the issuer is https.
  const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []
  const pias = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.PrivateKeyJwt(key), { execute })
  let token: { readonly text: string; readonly until: number } | undefined

  const readToken = async (): Promise<string> => {
    if (token !== undefined && Date.now() < token.until) return token.text
    const told = await oidc.clientCredentialsGrant(pias, { resource: origin, scope: SCOPE })
    token = { text: told.access_token, until: Date.now() + (told.expires_in ?? 0) * 1000 - EARLY_MS }
    return token.text
  }

  const post = async (lines: readonly Line[]): Promise<Response | undefined> => {
    try {
      const headers = { authorization: `Bearer ${await readToken()}`, 'content-type': 'application/json' }
      return await fetch(`${origin}/api/customers`, { method: 'POST', headers, body: JSON.stringify({ lines }) })
    } catch (error) {
      // A token that PIAS refuses is refused the next time, too. Nobody knows whether it was done when no answer comes.
      if (error instanceof oidc.ResponseBodyError) throw error
      return undefined
    }
  }

  const sendOnce = async (lines: readonly Line[]): Promise<void> => {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const answer = await post(lines)
      if (answer?.ok) return
      const mayHelp = answer === undefined || answer.status === 429 || answer.status >= 500
      if (!mayHelp) throw new Error(`PIAS refuses it: ${answer.status} ${await answer.text()}`)
      const seconds = Number(answer?.headers.get('retry-after') ?? tries)
      await sleep(seconds * 1000)
    }
    throw new Error('PIAS does not answer')
  }

  return async (lines: readonly Line[]): Promise<void> => {
    for (let start = 0; start < lines.length; start += MOST_LINES) {
      await sendOnce(lines.slice(start, start + MOST_LINES))
    }
  }
}

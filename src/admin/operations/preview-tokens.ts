import { ACRS, type AccountClaims, type AccountId, type Acr } from '#src/kernel/identity.ts'
import type { PreviewRefusal, PreviewTokens, TokenPreview } from '#src/provider/token-preview.ts'
import type { Account, AccountsPort, StoredCustomerLink } from '#src/store/ports/accounts.ts'
import { findWhole } from '#src/store/ports/whole-account.ts'

/** As whom: an account, or without one the synthetic persona; and what the app asks for. */
export type PreviewAsked = {
  readonly clientId: string
  readonly account?: string
  readonly scope?: string
  readonly claims?: { readonly userinfo?: object; readonly id_token?: object }
  readonly resource?: string
  readonly acr?: Acr
}

/** Somebody who is nobody, with everything an upstream can tell. */
const PERSONA: AccountClaims = {
  givenName: 'Sam',
  familyName: 'Sample',
  name: 'Sam Sample',
  birthdate: '1990-01-31',
  gender: 'female',
  locale: 'en',
  email: 'sam@app.example',
  emailVerified: false,
  phoneNumber: '+32470000000',
  phoneVerified: true,
  address: {
    formatted: 'Samplestreet 1, 1000 Brussels',
    streetAddress: 'Samplestreet 1',
    postalCode: '1000',
    locality: 'Brussels',
    country: 'BE',
  },
}
const PERSONA_ID = 'synthetic-persona' as AccountId

/** Of the persona: one that is hers, one that she uses. */
const PERSONA_RECORDS = [
  { serviceLine: 'mobile', customerId: 'MOB-SAMPLE', role: 'holder' },
  { serviceLine: 'tv', customerId: 'TV-SAMPLE', role: 'user' },
].map(
  record => ({ ...record, method: 'admin', ruleVersion: 'sample', evidence: null, linkedAt: 0 }) as StoredCustomerLink,
)

/** What of a person's tokens is nothing about the person. */
const SHOWN = new Set(['iss', 'aud', 'sub', 'acr', 'amr', 'scope', 'client_id', 'locale', 'service_line', 'role'])

/** Claims with a person's data masked: which there are, and by which subject. */
export const maskClaims = (value: unknown, name = ''): unknown => {
  if (SHOWN.has(name)) return value
  if (Array.isArray(value)) return value.map(one => maskClaims(one))
  if (typeof value === 'string') return '…'
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, maskClaims(part, key)]))
}

const masked = ({ idToken, userinfo, accessToken }: TokenPreview): TokenPreview =>
  ({ idToken: maskClaims(idToken), userinfo: maskClaims(userinfo), accessToken }) as TokenPreview

/** `refused`: the account is blocked, so nobody would get anything. */
export type Previewed = TokenPreview | PreviewRefusal | 'no-account' | 'refused'

/** Previews what an app would get: of the synthetic persona all of it, of an account with personal data masked. */
export const createPreviewOperations = (deps: { accounts: Pick<AccountsPort, 'find'>; preview: PreviewTokens }) => {
  const { accounts, preview } = deps
  const persona: Account = { id: PERSONA_ID, createdAt: 0, updatedAt: 0, claims: PERSONA }

  return async ({ account: id, acr = ACRS[2], ...asked }: PreviewAsked): Promise<Previewed> => {
    if (id === undefined) return preview({ ...asked, acr, account: persona, records: PERSONA_RECORDS })
    const account = await findWhole(accounts, id as AccountId)
    if (account === undefined) return 'no-account'
    if (account.blocked === true) return 'refused'
    const made = await preview({ ...asked, acr, account })
    return typeof made === 'string' ? made : masked(made)
  }
}

/** Previews what an app would get. */
export type PreviewOperation = ReturnType<typeof createPreviewOperations>

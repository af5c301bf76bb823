/** One entry of PIAS's claim `customer_accounts`. */
export type CustomerAccount = { readonly service_line: string; readonly customer_id: string; readonly role?: string }

const isCustomerAccount = (value: unknown): value is CustomerAccount => {
  const entry = value as Partial<CustomerAccount> | null
  return typeof entry?.service_line === 'string' && typeof entry.customer_id === 'string'
}

/** Reads the claim; what does not look like an account is left out. */
export const readCustomerAccounts = (claim: unknown): readonly CustomerAccount[] =>
  Array.isArray(claim) ? claim.filter(isCustomerAccount) : []

/** How the person of a login is greeted. */
export const firstNameOf = (claims: { readonly given_name?: unknown; readonly name?: unknown }): string => {
  const names = [claims.given_name, claims.name].filter(name => typeof name === 'string' && name !== '')
  return String(names[0] ?? 'there').split(' ')[0] ?? 'there'
}

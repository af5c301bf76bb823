import { firstNameOf, readCustomerAccounts } from '../shared/customer-accounts.ts'
import { type LoggedIn, toDeveloperView } from '../shared/logged-in.ts'

const SERVICES = [
  { line: 'mobile', name: 'Mobile', about: 'Calls, texts and data on the go' },
  { line: 'internet', name: 'Internet', about: 'Wi-Fi at home' },
  { line: 'tv', name: 'TV', about: 'Channels, replay and recordings' },
  { line: 'landline', name: 'Landline', about: 'Your number at home' },
] as const

const ROLES: Readonly<Record<string, string>> = {
  holder: 'You hold this contract',
  user: 'You use this service',
  administrator: 'You manage this for a company',
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const longDate = (value: string | undefined): string | undefined => {
  const day = new Date(`${value}T00:00:00Z`)
  if (value === undefined || Number.isNaN(day.getTime())) return value
  return day.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
}

/** Services by line, also those that are not linked. */
export const toServices = (claim: unknown) => {
  const accounts = readCustomerAccounts(claim)
  return SERVICES.map(service => ({
    ...service,
    accounts: accounts
      .filter(account => account.service_line === service.line)
      .map(account => ({ customerId: account.customer_id, role: ROLES[account.role ?? ''] ?? 'Linked to you' })),
  }))
}

/** All that the customer zone shows of a login: plain data for its template. */
export const toCustomerZone = (login: LoggedIn) => {
  const { claims } = login
  const address = claims.address as { formatted?: string; street_address?: string } | undefined
  const place = [claims.address?.postal_code, claims.address?.locality].filter(Boolean).join(' ')
  const written = [address?.street_address, place].filter(Boolean).join(', ') || text(address?.formatted)
  const details = [
    { label: 'Name', value: text(claims.name) },
    { label: 'Date of birth', value: longDate(text(claims.birthdate)) },
    { label: 'Mobile number', value: text(claims.phone_number), verified: claims.phone_number_verified === true },
    { label: 'E-mail', value: text(claims.email), verified: claims.email_verified === true },
    { label: 'Address', value: text(written) },
  ]
  return {
    name: text(claims.name) ?? 'customer',
    firstName: firstNameOf(claims),
    services: toServices(claims.customer_accounts),
    details: details.filter(detail => detail.value !== undefined),
    developers: toDeveloperView(login),
  }
}

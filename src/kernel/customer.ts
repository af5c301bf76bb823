/** The four service lines whose systems hold customer records. */
export const SERVICE_LINES = ['mobile', 'internet', 'tv', 'landline'] as const
export type ServiceLine = (typeof SERVICE_LINES)[number]

/** What a person is on a record: its holder, one who uses it, or one who administers it for a company. */
export const ROLES = ['holder', 'user', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** The only key of a customer record: a customer number means nothing without its service line. */
export type CustomerKey = {
  readonly serviceLine: ServiceLine
  readonly customerId: string
}

/** A postal address as a service line's system holds it; any part may be missing or dirty. */
export type CustomerAddress = {
  readonly street?: string
  readonly number?: string
  readonly box?: string
  readonly postalCode?: string
  readonly locality?: string
  readonly country?: string
}

/**
 * One customer record as a service line delivers it: everything but the key may be missing or dirty.
 * Dates are as delivered (hopefully `YYYY-MM-DD`); absent parts are absent, never null or empty.
 */
export type CustomerRecord = CustomerKey & {
  readonly firstName?: string
  readonly lastName?: string
  readonly birthDate?: string
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly address?: CustomerAddress
  readonly formerAddresses: readonly CustomerAddress[]
  readonly nationalNumber?: string
  readonly invoiceReferences: readonly string[]
  readonly role?: Role
  readonly language?: string
  readonly segment?: 'consumer' | 'business' | 'prospect'
  readonly status?: 'active' | 'closed' | 'prospect' | 'deceased'
  readonly companyName?: string
  readonly createdAt?: string
}

/** One string for maps and sets; a service line holds no colon, so it is unambiguous. */
export const customerKeyOf = (key: CustomerKey): string => `${key.serviceLine}:${key.customerId}`

/** The order of texts by their code units, which needs no language: negative where `a` comes first, 0 for equal ones. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** The order in which records are told: by service line, then by customer number. */
export const compareCustomerKeys = (a: CustomerKey, b: CustomerKey): number =>
  compareTexts(a.serviceLine, b.serviceLine) || compareTexts(a.customerId, b.customerId)

/** Inverse of {@link customerKeyOf}. */
export const parseCustomerKey = (text: string): CustomerKey => {
  const colon = text.indexOf(':')
  return { serviceLine: text.slice(0, colon) as ServiceLine, customerId: text.slice(colon + 1) }
}

/**
 * An address in comparable form: `street` without type words, folded; `number` digits only with its letter;
 * `postalCode` four digits for Belgium.
 */
export type ComparableAddress = {
  readonly street?: string
  readonly number?: string
  readonly box?: string
  readonly postalCode?: string
  readonly locality?: string
}

/**
 * A person in comparable form, made once when a record is written and once when an identity arrives.
 * Both sides of a comparison have this one shape, so a comparator never sees raw text.
 */
export type ComparablePerson = {
  /** Folded first names in register order; an initial is one letter. */
  readonly firstNames: readonly string[]
  /** Folded family name, particles glued: "van den broeck" is `vandenbroeck`. */
  readonly familyName?: string
  /** The parts of a double name ("Peeters-Janssens"), also of "A ep. B"; one entry for a single name. */
  readonly familyNames: readonly string[]
  /** `YYYY-MM-DD`, or absent for placeholders. */
  readonly birthDate?: string
  /** True where the day and month are 01-01, which in legacy data often means "year only". */
  readonly birthYearOnly?: boolean
  readonly emails: readonly string[]
  /** E.164, mobiles apart: only a mobile is a possession. */
  readonly mobiles: readonly string[]
  readonly landlines: readonly string[]
  readonly addresses: readonly ComparableAddress[]
  readonly nationalNumber?: string
}

import type { Role, ServiceLine } from '#src/kernel/customer.ts'

/** Verified data that a new account starts with; each has words under `facts.<label>`. */
export const FACT_LABELS = ['name', 'birthdate', 'email', 'phone', 'address'] as const
export type FactLabel = (typeof FACT_LABELS)[number]

/** One verified datum: `value` as it is shown, but `birthdate` as `YYYY-MM-DD`, which the page writes out. */
export type Fact = { readonly label: FactLabel; readonly value: string }

/** The terms that a new customer accepts. */
export type PageTerms = { readonly version: string; readonly url: string }

/** What the pages of somebody whom PIAS is not certain of must be told, and of whoever is new. */
export type UncertainModels = {
  /**
   * We could not be certain. The same for no, one or many candidates: it says nothing of any record. At least one of the
   * two ways on, by the app's policy. `asksEmail`: whoever is new is asked for an e-mail address.
   */
  unresolved: {
    readonly passwordUrl?: string
    readonly codeUrl?: string
    readonly proveUrl?: string
    readonly newUrl?: string
    readonly asksEmail?: boolean
    readonly cancelUrl: string
  }
  /**
   * Where a code may be sent: posts `csrf` and `contact`, which the person types. `incomplete`: no code can be sent to
   * what was typed, whoever's it is.
   */
  'prove-contact': {
    readonly action: string
    readonly csrf: string
    readonly contact: string
    /** The channels there are. */
    readonly channels: readonly ('sms' | 'mail')[]
    readonly error?: 'incomplete'
    readonly backUrl: string
  }
  /**
   * The code, if one was sent; the same whether or not it was. Posts `csrf` and `code`; `againAction` sends another one,
   * `otherUrl` to somewhere else; neither is there once all codes of a login were asked for. `contact` is what the person typed.
   */
  'enter-code': {
    readonly action: string
    readonly againAction?: string
    readonly csrf: string
    readonly contact: string
    readonly error?: 'wrong' | 'incomplete'
    readonly otherUrl?: string
    readonly backUrl: string
  }
  /**
   * What a proof has brought, never shown before one: posts `csrf`, `decision=link` with a `record` for each that was
   * chosen, or `decision=later`.
   */
  found: {
    readonly action: string
    readonly csrf: string
    readonly records: readonly {
      readonly key: string
      readonly serviceLine: ServiceLine
      readonly customerId: string
      readonly role?: Role
      readonly business?: boolean
    }[]
    readonly cancelUrl: string
  }
  /** The upstream's account is new, the person is not: posts `csrf` to put it in the place of the old one. */
  'move-identity': { readonly action: string; readonly csrf: string; readonly cancelUrl: string }
  /**
   * Customer number and invoice reference: posts `csrf`, `customerId` and `invoiceReference`. `wrong` is whatever does
   * not prove it; `incomplete` says that a field is empty.
   */
  prove: {
    readonly action: string
    readonly csrf: string
    readonly values: { readonly customerId: string; readonly invoiceReference?: string }
    readonly error?: 'wrong' | 'incomplete'
    readonly backUrl: string
  }
  /**
   * What the upstream verified, to read; posts `csrf`, `terms` where they are shown, and `email` where that is asked for, or
   * `without`. `later`: no code can be sent now.
   */
  'new-account': {
    readonly action: string
    readonly csrf: string
    readonly facts: readonly Fact[]
    /** What stands in the field, where an address is asked for. */
    readonly email?: string
    readonly error?: 'incomplete' | 'later'
    readonly terms?: PageTerms
    readonly backUrl: string
    /** Under 18: no contract of one's own. */
    readonly minor?: boolean
  }
  /** The code that went to a new customer's address: posts `csrf` and `code`; `openAction` goes on without an address. */
  'confirm-email': {
    readonly action: string
    readonly openAction: string
    readonly csrf: string
    readonly email: string
    readonly terms?: PageTerms
    readonly error?: 'wrong' | 'incomplete'
    readonly otherUrl?: string
  }
}

import type { Locale } from '#src/kernel/identity.ts'
import { NOTICES } from './notices.ts'
import type { PageView } from './page-view.ts'
import type { Fact, PageModels, PageName } from './view-models.ts'

/** `2001-02-03` as the language writes a day; anything else stays as it is. */
const writeDate = (value: string, locale: Locale): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value
  const day = new Date(`${value}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return value
  return new Intl.DateTimeFormat(`${locale}-BE`, { dateStyle: 'long', timeZone: 'UTC' }).format(day)
}

const showFact = (fact: Fact, locale: Locale) => ({
  label: `facts.${fact.label}`,
  value: fact.label === 'birthdate' ? writeDate(fact.value, locale) : fact.value,
})

/**
 * Which words stand in the summary and at the fields. Wrong numbers are wrong together: telling which one would help
 * a thief.
 */
const proveErrors = ({ error, values }: PageModels['prove']): Record<string, string> => {
  if (error === 'wrong') return { customerId: 'prove.wrong' }
  if (error === undefined) return {}
  return {
    ...(values.customerId.trim() === '' ? { customerId: 'prove.customer_id.missing' } : {}),
    ...((values.invoiceReference ?? '').trim() === '' ? { invoiceReference: 'prove.invoice_reference.missing' } : {}),
  }
}

const toProveView = (model: PageModels['prove']): PageView => {
  const errors = proveErrors(model)
  const field = (name: 'customerId' | 'invoiceReference', words: string) => ({
    name,
    words,
    value: model.values[name] ?? '',
    error: errors[name],
    // Both numbers are wrong together, so both fields point at the one message.
    errorId: model.error === 'wrong' ? 'customerId-error' : errors[name] && `${name}-error`,
  })
  return {
    template: 'prove',
    icon: 'receipt',
    words: 'prove',
    form: true,
    invalid: model.error !== undefined,
    content: {
      ...model,
      errors: Object.entries(errors).map(([name, words]) => ({ href: `#${name}`, words })),
      fields: [field('customerId', 'prove.customer_id'), field('invoiceReference', 'prove.invoice_reference')],
    },
  }
}

const VIEWS: { readonly [P in PageName]: (model: PageModels[P], locale: Locale) => PageView } = {
  ...NOTICES,
  unresolved: model => ({ template: 'unresolved', icon: 'shield', words: 'unresolved', content: model }),
  prove: toProveView,
  'new-account': (model, locale) => ({
    template: 'new-account',
    icon: 'person',
    words: 'new_account',
    form: true,
    content: { ...model, facts: model.facts.map(fact => showFact(fact, locale)) },
  }),
  'call-warning': model => ({
    template: 'call-warning',
    icon: 'warning',
    words: 'call_warning',
    form: true,
    content: model,
  }),
  logout: model => ({ template: 'logout', icon: 'door', words: 'logout', form: true, content: model }),
}

/** All pages there are, in the order of a login. */
export const PAGE_NAMES = [
  'unresolved',
  'prove',
  'new-account',
  'proof-locked',
  'linked-elsewhere',
  'call-warning',
  'upstream-away',
  'upstream-denied',
  'upstream-expired',
  'upstream-unavailable',
  'upstream-invalid',
  'wait',
  'elsewhere',
  'expired',
  'finished',
  'error',
  'logout',
  'logged-out',
] as const satisfies readonly PageName[]

/** From a page's model to what its template is given: plain data, no words yet. */
export const toView = <P extends PageName>(page: P, model: PageModels[P], locale: Locale): PageView =>
  VIEWS[page](model, locale)

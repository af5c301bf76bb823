import type { Locale } from '#src/kernel/identity.ts'
import { ACCOUNT_VIEWS } from './account-views.ts'
import { CREDENTIAL_VIEWS } from './credential-views.ts'
import { writeDate } from './dates.ts'
import { DEVICE_VIEWS } from './device-views.ts'
import { NOTICES } from './notices.ts'
import type { Field, PageView } from './page-view.ts'
import { toPicks } from './picks.ts'
import { qrImage } from './qr-image.ts'
import type { Fact } from './uncertain-models.ts'
import type { PageModels, PageName } from './view-models.ts'

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
  const field = (name: 'customerId' | 'invoiceReference', words: string): Field => ({
    name,
    words,
    value: model.values[name] ?? '',
    // What proves somebody must not be offered to the next who sits here.
    autocomplete: 'off',
    error: errors[name],
    // Both numbers are wrong together, so both fields point at the one message.
    errorId: model.error === 'wrong' ? 'customerId-error' : errors[name] && `${name}-error`,
  })
  return {
    template: 'prove',
    icon: 'receipt',
    words: 'prove',
    invalid: model.error !== undefined,
    content: {
      ...model,
      errors: Object.entries(errors).map(([name, words]) => ({ href: `#${name}`, words })),
      fields: [field('customerId', 'prove.customer_id'), field('invoiceReference', 'prove.invoice_reference')],
    },
  }
}

const CHOICE_WORDS = { upstream: 'upstream.log_in', password: 'choose.password', passkey: 'choose.passkey' } as const

/** The words say no more than the ways can do: without the upstream nobody tries it again, or opens an account by it. */
const chooseWords = ({ ways, opensAccounts, trouble }: PageModels['choose-method']): string => {
  if (!ways.some(({ method }) => method === 'upstream')) return 'choose_old'
  if (trouble !== undefined) return `errors.upstream.${trouble}`
  return opensAccounts ? 'choose' : 'choose_login'
}

/** The first way is the page's one primary action; the others are a list below it. */
const toChooseView = (model: PageModels['choose-method']): PageView => {
  const { ways, opensAccounts, lastMethod, cancelUrl } = model
  const [first, ...others] = ways
  const kind = first?.method === 'upstream' ? 'upstream' : 'primary'
  const words = chooseWords(model)
  const hintOf = (method: keyof typeof CHOICE_WORDS): string =>
    method === 'upstream' && !opensAccounts ? 'choose.upstream.no_account.hint' : `choose.${method}.hint`
  return {
    template: 'choose-method',
    icon: words.startsWith('errors.') ? 'turn-back' : 'person',
    words,
    content: {
      actions: first === undefined ? [] : [{ kind, href: first.href, label: CHOICE_WORDS[first.method] }],
      lastTime: first !== undefined && first.method === lastMethod,
      others: others.map(({ method, href }) => ({
        href,
        label: CHOICE_WORDS[method],
        hint: hintOf(method),
        lastTime: method === lastMethod,
      })),
      cancelUrl,
    },
  }
}

/** One field, and what is wrong with it. */
const oneField = (
  field: Omit<Field, 'error' | 'errorId'>,
  error: string | undefined,
): { errors: readonly { href: string; words: string }[]; field: Field } => ({
  errors: error === undefined ? [] : [{ href: `#${field.name}`, words: error }],
  field: { ...field, error, errorId: error && `${field.name}-error` },
})

const toContactView = (model: PageModels['prove-contact']): PageView => {
  const { contact: value, channels, error } = model
  const isAlone = (channel: 'sms' | 'mail'): boolean => channels.every(one => one === channel)
  const words = `prove_contact.${isAlone('sms') ? 'sms' : isAlone('mail') ? 'mail' : 'contact'}`
  // The browser knows the person's contacts of today; what is asked for may be an older one.
  const field = { name: 'contact', words, value, autocomplete: 'off', maxlength: 254, autocapitalize: 'none' } as const
  return {
    template: 'prove-contact',
    icon: 'phone',
    words: 'prove_contact',
    invalid: error !== undefined,
    content: { ...model, ...oneField(field, error && `${words}.missing`) },
  }
}

const toCodeView = (model: PageModels['enter-code']): PageView => {
  const { error } = model
  const words = 'enter_code.code'
  const field = { name: 'code', words, value: '', autocomplete: 'one-time-code', numeric: true, look: 'code' } as const
  const wrong = model.againAction === undefined ? 'enter_code.wrong_last' : 'enter_code.wrong'
  return {
    template: 'enter-code',
    icon: 'lock',
    words: 'enter_code',
    invalid: error !== undefined,
    content: { ...model, ...oneField(field, error && (error === 'wrong' ? wrong : 'enter_code.missing')) },
  }
}

const toNewAccountView = (model: PageModels['new-account'], locale: Locale): PageView => {
  const { email: value, error, facts } = model
  const wrong = error && (error === 'later' ? 'new_account.email.later' : 'new_account.email.missing')
  const words = 'new_account.email'
  const field = { name: 'email', words, autocomplete: 'email', maxlength: 254, autocapitalize: 'none' } as const
  return {
    template: 'new-account',
    icon: 'person',
    words: value === undefined ? 'new_account' : 'new_account.ask',
    invalid: error !== undefined,
    content: {
      ...model,
      facts: facts.map(fact => showFact(fact, locale)),
      ...(value === undefined ? { errors: [] } : oneField({ ...field, value }, wrong)),
    },
  }
}

const toConfirmView = (model: PageModels['confirm-email']): PageView => {
  const { content, ...view } = toCodeView({ ...model, contact: model.email, againAction: '', backUrl: '' })
  return { ...view, template: 'confirm-email', icon: 'lock', words: 'confirm_email', content: { ...content, ...model } }
}

const VIEWS: { readonly [P in PageName]: (model: PageModels[P], locale: Locale) => PageView } = {
  'choose-method': toChooseView,
  unresolved: model => ({ template: 'unresolved', icon: 'shield', words: 'unresolved', content: model }),
  'prove-contact': toContactView,
  'enter-code': toCodeView,
  found: model => ({
    template: 'found',
    icon: 'check',
    words: 'found',
    content: {
      ...model,
      records: toPicks(model.records),
    },
  }),
  'move-identity': model => ({ template: 'move-identity', icon: 'devices', words: 'move_identity', content: model }),
  prove: toProveView,
  'new-account': toNewAccountView,
  'confirm-email': toConfirmView,
  'call-warning': model => ({ template: 'call-warning', icon: 'warning', words: 'call_warning', content: model }),
  consent: (model, locale) => ({
    template: 'consent',
    icon: 'share',
    words: 'consent',
    content: { ...model, until: model.until && writeDate(model.until, locale) },
  }),
  'upstream-handoff': model => ({
    template: 'upstream-handoff',
    icon: 'phone',
    words: 'handoff',
    content: { ...model, qr: model.qrText === undefined ? undefined : qrImage(model.qrText) },
  }),
  ...CREDENTIAL_VIEWS,
  ...NOTICES,
  ...DEVICE_VIEWS,
  ...ACCOUNT_VIEWS,
  'auto-submit': model => ({
    template: 'auto-submit',
    icon: 'clock',
    words: 'auto_submit',
    content: { ...model, busy: true },
  }),
  logout: model => ({ template: 'logout', icon: 'door', words: 'logout', content: model }),
}

/** All pages there are. */
export const PAGE_NAMES = Object.keys(VIEWS) as PageName[]

/** From a page's model to what its template is given: plain data, no words yet. */
export const toView = <P extends PageName>(page: P, model: PageModels[P], locale: Locale): PageView =>
  VIEWS[page](model, locale)

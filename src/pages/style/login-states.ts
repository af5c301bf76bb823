import type { PageModels } from '#src/pages/view-models.ts'
import { type PageState, pageState, SAMPLE, SAMPLE_CLIENT, SAMPLE_LOGO } from './page-state.ts'

const { base, csrf } = SAMPLE

const FACTS = [
  { label: 'name', value: 'Lotte Van den Broeck' },
  { label: 'birthdate', value: '1988-03-14' },
  { label: 'address', value: 'Kerkstraat 12 bus 3, 9000 Gent' },
  { label: 'phone', value: '+32 470 00 00 01' },
  { label: 'email', value: 'lotte.vandenbroeck@mail.example' },
] as const

const CHOICES = {
  codeUrl: `${base}/contact`,
  proveUrl: `${base}/prove`,
  newUrl: `${base}/new`,
  cancelUrl: `${base}/cancel`,
}
const PROVE = { action: `${base}/prove`, csrf, backUrl: base }
const CONTACT = { action: `${base}/contact`, csrf, channels: ['sms', 'mail'], backUrl: base } as const
const LAST_CODE = { action: `${base}/code`, csrf, contact: '+32470000001', backUrl: base }
const CODE = { ...LAST_CODE, againAction: `${base}/code/again`, otherUrl: `${base}/contact` }
const FOUND = { action: `${base}/found`, csrf, cancelUrl: `${base}/cancel` }
const RECORDS = [
  { key: 'mobile:600123456', serviceLine: 'mobile', customerId: '600123456', role: 'holder' },
  { key: 'internet:INT-4711', serviceLine: 'internet', customerId: 'INT-4711', role: 'user' },
  { key: 'tv:TV-4711', serviceLine: 'tv', customerId: 'TV-4711' },
  { key: 'landline:B-99', serviceLine: 'landline', customerId: 'B-99', role: 'administrator', business: true },
] as const
const TERMS = { version: '2026-01', url: 'https://terms.example' }
const CONFIRM = {
  action: `${base}/new/code`,
  openAction: `${base}/new`,
  csrf,
  email: 'lotte.vandenbroeck@mail.example',
}
const NEW = { action: `${base}/new`, csrf, backUrl: base }

const WAYS = [
  { method: 'upstream', href: `${base}/retry` },
  { method: 'password', href: `${base}/password` },
  { method: 'passkey', href: `${base}/passkey` },
] as const

const HANDOFF = { openUrl: 'https://upstream.example/open', checkUrl: base, cancelUrl: `${base}/cancel` }

const chooseState = (state: string, more: Partial<PageModels['choose-method']> = {}) =>
  pageState('choose-method', state, { ways: WAYS, opensAccounts: true, cancelUrl: `${base}/cancel`, ...more })

const CHOOSE_STATES: readonly PageState[] = [
  chooseState('all-ways'),
  chooseState('remembered', { lastMethod: 'upstream' }),
  chooseState('upstream-only', { ways: [WAYS[0]] }),
  chooseState('without-new-accounts', { opensAccounts: false }),
  chooseState('password-first', { ways: [WAYS[1], WAYS[0]], lastMethod: 'upstream' }),
  chooseState('password-first-without-new-accounts', { ways: [WAYS[1], WAYS[0]], opensAccounts: false }),
  chooseState('password-only', { ways: [WAYS[1]], opensAccounts: false }),
  chooseState('password-and-passkey', { ways: [WAYS[1], WAYS[2]], opensAccounts: false }),
  chooseState('upstream-down', { trouble: 'unavailable' }),
  chooseState('cancelled-upstream', { trouble: 'denied' }),
]

/** The states of the pages that ask something during a login. */
export const LOGIN_STATES: readonly PageState[] = [
  ...CHOOSE_STATES,
  pageState('unresolved', 'default', CHOICES),
  pageState('unresolved', 'customers-only', { proveUrl: CHOICES.proveUrl, cancelUrl: CHOICES.cancelUrl }),
  pageState('unresolved', 'new-people-only', { newUrl: CHOICES.newUrl, cancelUrl: CHOICES.cancelUrl }),
  pageState('unresolved', 'without-an-email-address', { ...CHOICES, asksEmail: true }),
  pageState('unresolved', 'dressed-by-the-app', CHOICES, {
    client: { ...SAMPLE_CLIENT, accent: '#00695c', logoUrl: SAMPLE_LOGO },
  }),
  pageState('unresolved', 'app-with-a-long-name', CHOICES, {
    client: { name: 'Gezondheidsportaal voor Zelfstandigen & Ondernemers' },
    upstream: { name: 'Partner Wallet', button: 'plain' },
  }),
  pageState('prove', 'empty', { ...PROVE, values: { customerId: '' } }),
  pageState('prove', 'wrong', {
    ...PROVE,
    values: { customerId: '600 123-456', invoiceReference: 'INV-2026' },
    error: 'wrong',
  }),
  pageState('prove', 'nothing-filled-in', { ...PROVE, values: { customerId: '' }, error: 'incomplete' }),
  pageState('prove', 'one-filled-in', { ...PROVE, values: { customerId: '600123456' }, error: 'incomplete' }),
  pageState('prove-contact', 'empty', { ...CONTACT, contact: '' }),
  pageState('prove-contact', 'nothing-to-send-to', { ...CONTACT, contact: '02 555', error: 'incomplete' }),
  pageState('prove-contact', 'mail-alone', { ...CONTACT, channels: ['mail'], contact: '', error: 'incomplete' }),
  pageState('enter-code', 'empty', CODE),
  pageState('enter-code', 'no-more-codes', { ...LAST_CODE, error: 'wrong' }),
  pageState('enter-code', 'wrong', { ...CODE, contact: 'lotte.vandenbroeck@mail.example', error: 'wrong' }),
  pageState('enter-code', 'nothing-filled-in', { ...CODE, error: 'incomplete' }),
  pageState('found', 'one', { ...FOUND, records: RECORDS.slice(0, 1) }),
  pageState('found', 'all-roles', { ...FOUND, records: RECORDS }),
  pageState('move-identity', 'default', { action: `${base}/move`, csrf, cancelUrl: `${base}/cancel` }),
  pageState('new-account', 'all-facts', { ...NEW, facts: FACTS }),
  pageState('new-account', 'name-only', { ...NEW, facts: FACTS.slice(0, 1) }),
  pageState('new-account', 'asks-email', { ...NEW, facts: FACTS.slice(0, 4), email: '', terms: TERMS }),
  pageState('new-account', 'no-address', {
    ...NEW,
    facts: FACTS.slice(0, 4),
    terms: TERMS,
    email: 'lotte@',
    error: 'incomplete',
  }),
  pageState('new-account', 'no-code-now', {
    ...NEW,
    facts: FACTS.slice(0, 1),
    minor: true,
    email: 'lotte.vandenbroeck@mail.example',
    error: 'later',
  }),
  pageState('confirm-email', 'empty', { ...CONFIRM, otherUrl: `${base}/new`, terms: TERMS }),
  pageState('confirm-email', 'wrong', { ...CONFIRM, error: 'wrong' }),
  pageState('new-account', 'minor', { ...NEW, facts: FACTS, minor: true }),
  pageState('call-warning', 'default', { action: `${base}/continue`, csrf, cancelUrl: `${base}/cancel` }),
  pageState('upstream-handoff', 'phone-beside', { ...HANDOFF, qrText: 'https://upstream.example/open/7Yt2QmXw4Kz' }),
  pageState('upstream-handoff', 'slow', { ...HANDOFF, slow: true }),
]

import { type PageState, pageState } from './page-state.ts'

/** The pages of the account belong to no app. */
const NO_APP = { client: undefined, upstream: undefined }
const CSRF = 'synthetic'
const hour = (n: number): number => Date.UTC(2026, 0, 15, n, 35)

const LOGINS = [
  { id: 'a', device: 'Firefox · Windows', since: hour(13), apps: ['MyProximus', 'Doktr'], current: true },
  { id: 'b', device: 'TV in the living room', since: hour(7), apps: ['Pickx'], current: false },
  { id: 'c', since: hour(2), apps: [], current: false },
]

const PUT_OFF = [
  { key: 'mobile:MOB-100001', serviceLine: 'mobile', customerId: 'MOB-100001', role: 'user' },
  { key: 'internet:INT-100001', serviceLine: 'internet', customerId: 'INT-100001', role: 'holder', business: true },
] as const

/** The pages on which a person looks after the own account. */
export const ACCOUNT_STATES: readonly PageState[] = [
  pageState(
    'account',
    'default',
    {
      csrf: CSRF,
      name: 'Lotte Vandenbroucke',
      logins: LOGINS,
      consents: [{ clientId: 'third', name: 'Synthetic partner', since: hour(3) }],
      activity: [
        { what: 'consent.given', at: hour(3), app: 'Synthetic partner' },
        { what: 'link.created', at: hour(2) },
        { what: 'account.opened', at: hour(2), app: 'MyProximus' },
      ],
    },
    NO_APP,
  ),
  pageState('account-records', 'default', { csrf: CSRF, records: PUT_OFF }, NO_APP),
  pageState('account-records', 'none', { csrf: CSRF, records: [] }, NO_APP),
  pageState(
    'account',
    'to-be-erased',
    {
      csrf: CSRF,
      offers: true,
      eraseAt: hour(13),
      logins: LOGINS.slice(0, 1),
      consents: [],
      activity: [],
    },
    NO_APP,
  ),
  pageState(
    'account-ways',
    'default',
    {
      csrf: CSRF,
      upstreams: ['itsme'],
      passkeys: [
        { id: 'a', device: 'Chrome · Android', createdAt: hour(2), usedAt: hour(13) },
        { id: 'b', createdAt: hour(7) },
      ],
      add: { challenge: 'synthetic', options: {} },
    },
    NO_APP,
  ),
  pageState(
    'account-ways',
    'none-and-refused',
    {
      csrf: CSRF,
      upstreams: ['itsme'],
      password: {},
      passkeys: [],
      add: { challenge: 'synthetic', options: {} },
      error: 'refused',
    },
    NO_APP,
  ),
  pageState(
    'account-ways',
    'full',
    {
      csrf: CSRF,
      upstreams: ['itsme'],
      password: { retiresAt: hour(13) },
      passkeys: [{ id: 'a', device: 'Safari · iPhone', createdAt: hour(2) }],
      add: 'full',
    },
    NO_APP,
  ),
  pageState(
    'account-data',
    'default',
    {
      csrf: CSRF,
      facts: [
        { label: 'name', value: 'Lotte Vandenbroucke' },
        { label: 'birthdate', value: '1988-04-12' },
        { label: 'phone', value: '+32 470 00 00 00' },
      ],
      records: [
        { serviceLine: 'mobile', customerId: 'MOB-100001', role: 'user' },
        { serviceLine: 'internet', customerId: 'INT-100001', role: 'holder' },
      ],
    },
    NO_APP,
  ),
  pageState('account-data', 'no-records', { csrf: CSRF, facts: [], records: [], eraseAt: hour(13) }, NO_APP),
  pageState('account-erase', 'default', { csrf: CSRF }, NO_APP),
]

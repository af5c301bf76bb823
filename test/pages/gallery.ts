import type { PageInput, PageName } from '#src/pages/view-models.ts'

/** One state of one page, as the tests, the screenshots and the style page walk them. All people are synthetic. */
export type GalleryEntry<P extends PageName = PageName> = {
  readonly page: P
  readonly state: string
  readonly input: Omit<PageInput<P>, 'locale'>
}

const CLIENT = { name: 'MyProximus', helpUrl: 'https://www.proximus.be/support' }
const UPSTREAM = { name: 'itsme', button: 'itsme' } as const
const LANGUAGE_LINKS = { nl: '?lang=nl', fr: '?lang=fr', de: '?lang=de', en: '?lang=en' }
const REFERENCE = 'q7Zk2mW9xT'
const BASE = '/interaction/3h8sQz'
const APP_URL = 'https://my.example/login'

const FACTS = [
  { label: 'name', value: 'Lotte Van den Broeck' },
  { label: 'birthdate', value: '1988-03-14' },
  { label: 'email', value: 'lotte.vandenbroeck@mail.example' },
  { label: 'phone', value: '+32 470 00 00 01' },
  { label: 'address', value: 'Kerkstraat 12 bus 3, 9000 Gent' },
] as const

const PROVE = { action: `${BASE}/prove`, csrf: 'token', backUrl: BASE }

const entry = <P extends PageName>(
  page: P,
  state: string,
  model: PageInput<P>['model'],
  more: Omit<PageInput<P>, 'locale' | 'model'> = {},
): GalleryEntry<P> => ({
  page,
  state,
  input: { model, client: CLIENT, upstream: UPSTREAM, languageLinks: LANGUAGE_LINKS, reference: REFERENCE, ...more },
})

/** Every page in every state that looks or reads differently. */
export const GALLERY: readonly GalleryEntry[] = [
  entry('unresolved', 'default', { proveUrl: `${BASE}/prove`, newUrl: `${BASE}/new`, cancelUrl: `${BASE}/cancel` }),
  entry('prove', 'empty', { ...PROVE, values: { customerId: '' } }),
  entry('prove', 'wrong', {
    ...PROVE,
    values: { customerId: '600 123-456', invoiceReference: 'INV-2026' },
    error: 'wrong',
  }),
  entry('prove', 'nothing filled in', { ...PROVE, values: { customerId: '' }, error: 'incomplete' }),
  entry('prove', 'one filled in', { ...PROVE, values: { customerId: '600123456' }, error: 'incomplete' }),
  entry('new-account', 'all facts', { action: `${BASE}/new`, csrf: 'token', facts: FACTS, backUrl: BASE }),
  entry('new-account', 'name only', { action: `${BASE}/new`, csrf: 'token', facts: FACTS.slice(0, 1), backUrl: BASE }),
  entry('new-account', 'minor', { action: `${BASE}/new`, csrf: 'token', facts: FACTS, backUrl: BASE, minor: true }),
  entry('call-warning', 'default', { action: `${BASE}/continue`, csrf: 'token', cancelUrl: `${BASE}/cancel` }),
  entry('upstream-away', 'default', { retryUrl: `${BASE}/itsme`, cancelUrl: `${BASE}/cancel` }),
  entry('proof-locked', 'default', { newUrl: `${BASE}/new`, cancelUrl: `${BASE}/cancel` }),
  entry('proof-locked', 'no way on', {}),
  entry('linked-elsewhere', 'default', { cancelUrl: `${BASE}/cancel` }),
  entry('upstream-denied', 'default', { retryUrl: `${BASE}/itsme`, cancelUrl: `${BASE}/cancel` }),
  entry(
    'upstream-denied',
    'at another upstream',
    { retryUrl: `${BASE}/retry`, cancelUrl: `${BASE}/cancel` },
    {
      upstream: { name: 'Partner Wallet', button: 'plain' },
    },
  ),
  entry('upstream-expired', 'default', { retryUrl: `${BASE}/itsme`, cancelUrl: `${BASE}/cancel` }),
  entry('upstream-unavailable', 'default', { retryUrl: `${BASE}/itsme`, cancelUrl: `${BASE}/cancel` }),
  entry('upstream-invalid', 'default', { retryUrl: `${BASE}/itsme`, cancelUrl: `${BASE}/cancel` }),
  entry('wait', 'default', { checkUrl: BASE }),
  entry('elsewhere', 'default', {}),
  entry('elsewhere', 'app known', { appUrl: APP_URL }),
  entry('expired', 'default', { appUrl: APP_URL }),
  entry('expired', 'app unknown', {}, { client: undefined }),
  entry('finished', 'default', { appUrl: APP_URL }),
  entry('error', 'server failed', { code: 'server.failed', retryUrl: BASE, appUrl: APP_URL }),
  entry('error', 'bad request of an app', {
    code: 'oidc.request',
    detail: 'redirect_uri did not match any of the registered addresses',
    appUrl: APP_URL,
  }),
  entry('error', 'not found', { code: 'page.not_found' }, { client: undefined }),
  entry('error', 'unknown code', { code: 'something.new' }, { client: undefined }),
  entry('logout', 'default', { action: '/session/end/confirm', xsrf: 'token', clientName: 'MyProximus' }),
  entry('logout', 'app unknown', { action: '/session/end/confirm', xsrf: 'token' }, { client: undefined }),
  entry('logged-out', 'default', { appUrl: APP_URL, clientName: 'MyProximus' }),
  entry('logged-out', 'app unknown', {}, { client: undefined }),
]

/** The same page dressed by an app: accent and logo. */
export const DRESSED: GalleryEntry = entry(
  'unresolved',
  'dressed by the app',
  { proveUrl: `${BASE}/prove`, newUrl: `${BASE}/new`, cancelUrl: `${BASE}/cancel` },
  {
    client: {
      ...CLIENT,
      accent: '#00695c',
      logoUrl: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/%3E',
    },
  },
)

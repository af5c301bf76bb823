import { type PageState, pageState, SAMPLE } from './page-state.ts'

const { base, csrf } = SAMPLE
const NO_APP = { client: undefined, upstream: undefined }
const TV = { client: { name: 'Pickx', accent: '#b0134f' } }
const HEALTH = { client: { name: 'Doktr', accent: '#00695c' } }

const CODE = { action: '/device', xsrf: 'token' }
const CONFIRM = { action: '/device', xsrf: 'token', userCode: 'BCDF-GHJK' }
const CONSENT = { action: `${base}/consent`, csrf }

const PROFILE = { data: 'profile', values: ['Lotte Van den Broeck', '14.03.1988'] } as const
const EMAIL = { data: 'email', values: ['lotte.vandenbroeck@mail.example'] } as const
const CUSTOMER = { data: 'customer', values: ['Internet 600123456', 'Mobile 600987654'] } as const

/** The states of consent, and of the pages on the phone while a TV logs in. */
export const DEVICE_STATES: readonly PageState[] = [
  pageState(
    'consent',
    'health',
    { ...CONSENT, data: [PROFILE, { data: 'health', values: [] }], until: '2027-01-15' },
    HEALTH,
  ),
  pageState(
    'consent',
    'third-party',
    {
      ...CONSENT,
      data: [PROFILE, EMAIL, { data: 'phone', values: ['+32 470 00 00 01'] }, { data: 'offline', values: [] }],
      thirdParty: true,
      policyUrl: 'https://partner.example/privacy',
      termsUrl: 'https://partner.example/terms',
    },
    { client: { name: 'Partner Energy' } },
  ),
  pageState('consent', 'more-than-before', {
    ...CONSENT,
    data: [
      PROFILE,
      { ...CUSTOMER, added: true },
      { data: 'address', values: ['Kerkstraat 12 bus 3, 9000 Gent'], added: true },
    ],
  }),
  pageState('device-code', 'empty', CODE, NO_APP),
  pageState('device-code', 'filled-in-by-qr', { ...CODE, userCode: 'BCDF-GHJK' }, NO_APP),
  pageState('device-code', 'missing', { ...CODE, error: 'missing' }, NO_APP),
  pageState('device-code', 'wrong', { ...CODE, userCode: 'BCDF-GHJZ', error: 'wrong' }, NO_APP),
  pageState('device-code', 'expired', { ...CODE, userCode: 'BCDF-GHJK', error: 'expired' }, NO_APP),
  pageState('device-code', 'used', { ...CODE, userCode: 'BCDF-GHJK', error: 'used' }, NO_APP),
  pageState('device-confirm', 'signed-out', { ...CONFIRM, device: { name: 'Pickx TV Box', place: 'Gent' } }, TV),
  pageState('device-confirm', 'signed-in', { ...CONFIRM, device: {}, signedInAs: 'Lotte Van den Broeck' }, TV),
  pageState('device-done', 'connected', { outcome: 'connected' }, TV),
  pageState('device-done', 'refused', { outcome: 'refused' }, TV),
]

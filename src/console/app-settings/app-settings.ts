import { CLIENT_SIGNING_ALGS } from '#src/clients/algorithms.ts'
import { LOCALES } from '#src/kernel/identity.ts'
import { BROWSER, choices, type Described } from './setting.ts'

const LANGUAGES: Readonly<Record<(typeof LOCALES)[number], string>> = {
  nl: 'Dutch',
  fr: 'French',
  de: 'German',
  en: 'English',
}

const ONE_A_LINE = 'One exact address per line.'

/** How an app looks, and whom people and admins turn to. */
export const BRAND: readonly Described[] = [
  { name: 'client_name', kind: 'text', label: 'Name', hint: 'As people see it at login.' },
  { name: 'client_uri', kind: 'text', label: 'Website' },
  {
    name: 'pias_logo',
    kind: 'text',
    label: 'Logo',
    hint: 'The file in the folder of images, such as shop.svg. Empty: the name alone.',
  },
  {
    name: 'pias_accent',
    kind: 'text',
    label: 'Colour of buttons and links',
    hint: 'Such as #5c2d91; white text must be readable on it. Empty: the colour of PIAS.',
  },
  {
    name: 'pias_default_locale',
    kind: 'select',
    label: 'Language of the pages',
    hint: 'Where nothing that the person said decides.',
    options: [{ value: '', label: 'As for all apps' }, ...LOCALES.map(value => ({ value, label: LANGUAGES[value] }))],
  },
  { name: 'pias_help_uri', kind: 'text', label: 'Where people get help' },
  { name: 'policy_uri', kind: 'text', label: 'Privacy policy' },
  { name: 'tos_uri', kind: 'text', label: 'Terms of use' },
  {
    name: 'contacts',
    kind: 'lines',
    label: 'Who looks after the app',
    hint: 'Addresses of a team, one per line. May be empty.',
  },
]

/** Where people come from and go to. */
export const ADDRESSES: readonly Described[] = [
  {
    name: 'application_type',
    kind: 'select',
    label: 'Where it runs',
    standard: 'web',
    options: [
      { value: 'web', label: 'On a server or in a browser (web)' },
      { value: 'native', label: 'On a phone or computer (native)' },
    ],
  },
  {
    name: 'redirect_uris',
    kind: 'lines',
    label: 'Where people return to',
    hint: `${ONE_A_LINE} Such as https://shop.example/callback`,
  },
  {
    name: 'post_logout_redirect_uris',
    kind: 'lines',
    label: 'Where they go after logout',
    hint: `${ONE_A_LINE} May be empty.`,
  },
  {
    name: 'pias_origins',
    kind: 'lines',
    label: 'Where its pages are',
    hint: 'One origin per line, such as https://shop.example: pages there may call PIAS. For apps without a server.',
  },
  {
    name: 'initiate_login_uri',
    kind: 'text',
    label: 'Where a login begins',
    hint: 'An address of the app that sends people to PIAS: for those who come back too late. May be empty.',
  },
]

/** How an app proves itself, and how strictly. */
export const PROOF: readonly Described[] = [
  {
    name: 'token_endpoint_auth_method',
    kind: 'select',
    label: 'How the app proves itself',
    hint: 'Its secrets are made on the page Secrets.',
    standard: 'private_key_jwt',
    options: [
      { value: 'private_key_jwt', label: 'By its own key (private_key_jwt): the best' },
      { value: 'client_secret_basic', label: 'By a secret (client_secret_basic)' },
      { value: 'client_secret_post', label: 'By a secret in the form (client_secret_post)' },
      { value: 'none', label: 'Not at all: it can keep no secret (none)' },
    ],
  },
  {
    name: 'token_endpoint_auth_signing_alg',
    kind: 'select',
    label: 'What it signs its proof with',
    options: choices('Any of them', CLIENT_SIGNING_ALGS),
  },
  { name: 'jwks_uri', kind: 'text', label: 'Where its public keys are', hint: 'Only for an app with keys.' },
  {
    name: 'jwks',
    kind: 'json',
    label: 'Its public keys',
    hint: 'A JSON web key set, where the app publishes none. Empty: it does, or has no keys.',
  },
  {
    name: 'dpop_bound_access_tokens',
    kind: 'flag',
    label: 'Tokens are bound to a key of the app (DPoP)',
    standard: 'no',
  },
  {
    name: 'require_pushed_authorization_requests',
    kind: 'flag',
    label: 'Requests only from its server, not by the browser (PAR)',
    standard: 'no',
    of: BROWSER,
  },
  {
    name: 'pias_profile',
    kind: 'select',
    label: 'Security profile',
    options: [
      { value: '', label: 'None' },
      { value: 'fapi2', label: 'FAPI 2.0' },
    ],
    of: BROWSER,
  },
]

import { APP_SCOPE } from '#src/clients/client-shape.ts'
import { ACRS } from '#src/kernel/identity.ts'
import { choices, type Described } from './setting.ts'

/** How people log in at an app, and how it knows them. */
export const LOGIN: readonly Described[] = [
  {
    name: 'pias_upstreams',
    kind: 'lines',
    label: 'Ways to log in',
    hint: 'Names from the configuration, one per line; people go to the first. Empty: all of them.',
  },
  {
    name: 'pias_minimum_acr',
    kind: 'select',
    label: 'No login below',
    options: choices('No such level', ACRS),
  },
  {
    name: 'default_max_age',
    kind: 'number',
    label: 'How old a login may be (seconds)',
    hint: 'Older ones are asked for anew. Empty: as old as the session.',
  },
  {
    name: 'pias_single_sign_on',
    kind: 'flag',
    label: 'A login at another app counts here, too',
    standard: 'yes',
  },
  {
    name: 'pias_first_party',
    kind: 'flag',
    label: 'It is one of our own apps',
    hint: 'Yes: consent is by contract. No: people are asked for their consent.',
    standard: 'no',
  },
  {
    name: 'subject_type',
    kind: 'select',
    label: 'How it knows people',
    standard: 'public',
    options: [
      { value: 'public', label: 'By the id that all apps see (public)' },
      { value: 'pairwise', label: 'By an id of its own (pairwise)' },
    ],
  },
  {
    name: 'pias_sector',
    kind: 'text',
    label: 'Apps that share this id of their own',
    hint: 'A word for them, such as health. Only with an id of its own.',
  },
]

/** What an app learns of people. */
export const CLAIMS: Described = {
  name: 'scope',
  kind: 'words',
  label: 'What it may ask for',
  standard: APP_SCOPE,
  options: [
    { value: 'openid', label: 'That somebody logged in (openid)', hint: 'Every app for people asks for it.' },
    { value: 'profile', label: 'Names, day of birth, language (profile)' },
    { value: 'email', label: 'E-mail address (email)' },
    { value: 'phone', label: 'Phone number (phone)' },
    { value: 'address', label: 'Address (address)' },
    { value: 'customer', label: 'Customer numbers (customer)' },
    { value: 'offline_access', label: 'To go on after logout (offline_access)' },
  ],
}

/** What an app is told without asking. */
export const LOGOUT: readonly Described[] = [
  {
    name: 'backchannel_logout_uri',
    kind: 'text',
    label: 'Where the app is told of logouts',
    hint: 'An address of its server that takes logout tokens. May be empty.',
  },
  {
    name: 'backchannel_logout_session_required',
    kind: 'flag',
    label: 'It is told which session ended (sid)',
    standard: 'yes',
  },
  {
    name: 'pias_webhook_uri',
    kind: 'text',
    label: 'Where it is told of changed links',
    hint: 'An address of its server. May be empty.',
  },
]

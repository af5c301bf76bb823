import { ENCRYPTION_ALGS, OWN_SIGNING_ALGS } from '#src/clients/algorithms.ts'
import { DEVICE_CODE } from '#src/clients/client-shape.ts'
import { type AppKind, BROWSER, choices, type Described, type Metadata, PEOPLE } from './setting.ts'

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** What an app is, by its grants. */
export const kindOf = ({ grant_types: grants }: Metadata): AppKind => {
  const all = Array.isArray(grants) ? grants : []
  if (all.includes(DEVICE_CODE)) return 'device'
  return all.includes('client_credentials') || all.includes(TOKEN_EXCHANGE) ? 'machine' : 'app'
}

const GRANTS: readonly Omit<Described, 'name' | 'kind' | 'label'>[] = [
  {
    standard: ['authorization_code'],
    options: [
      { value: 'authorization_code', label: 'People log in (authorization_code)' },
      { value: 'refresh_token', label: 'It gets new tokens without them (refresh_token)' },
    ],
    of: BROWSER,
  },
  {
    options: [
      { value: DEVICE_CODE, label: 'People confirm a code on their phone (device_code)' },
      { value: 'refresh_token', label: 'It gets new tokens without them (refresh_token)' },
    ],
    of: ['device'],
  },
  {
    options: [
      { value: 'client_credentials', label: 'It acts for itself (client_credentials)' },
      { value: TOKEN_EXCHANGE, label: 'It acts for the person it was called for (token-exchange)' },
    ],
    of: ['machine'],
  },
]

const OPAQUE = 'Opaque for every API: asked about at PIAS with each call, and worth nothing once it is ended'

/** How an app gets tokens, and of what format. */
export const TOKENS: readonly Described[] = [
  ...GRANTS.map(grants => ({ name: 'grant_types', kind: 'checks' as const, label: 'Ways to tokens', ...grants })),
  {
    name: 'pias_access_token_format',
    kind: 'select',
    label: 'Access tokens for APIs are',
    hint: 'Those for userinfo are always opaque.',
    options: [
      { value: '', label: 'As each API says' },
      { value: 'opaque', label: OPAQUE },
    ],
  },
  {
    name: 'id_token_signed_response_alg',
    kind: 'select',
    label: 'ID tokens are signed with',
    standard: 'ES256',
    options: OWN_SIGNING_ALGS.map(value => ({ value, label: value })),
    of: PEOPLE,
  },
  {
    name: 'id_token_encrypted_response_alg',
    kind: 'select',
    label: 'ID tokens are encrypted with',
    hint: 'To a public key of the app.',
    beside: 'id_token_encrypted_response_enc',
    options: choices('Nothing', ENCRYPTION_ALGS),
    of: PEOPLE,
  },
  {
    name: 'userinfo_signed_response_alg',
    kind: 'select',
    label: 'Userinfo is signed with',
    options: choices('Nothing: plain JSON', OWN_SIGNING_ALGS),
    of: PEOPLE,
  },
  {
    name: 'userinfo_encrypted_response_alg',
    kind: 'select',
    label: 'Userinfo is encrypted with',
    hint: 'To a public key of the app.',
    beside: 'userinfo_encrypted_response_enc',
    options: choices('Nothing', ENCRYPTION_ALGS),
    of: PEOPLE,
  },
]

const AS_ALL = 'Empty: as long as those of all apps, and never longer.'

/** How long tokens live. */
export const LIFETIMES: readonly Described[] = (
  [
    { name: 'accessToken', label: 'Access tokens live (seconds)' },
    { name: 'idToken', label: 'ID tokens live (seconds)', of: PEOPLE },
    { name: 'refreshToken', label: 'Refresh tokens live (seconds)', of: PEOPLE },
  ] as const
).map(token => ({ ...token, path: `pias_lifetimes.${token.name}`, kind: 'number', hint: AS_ALL }))

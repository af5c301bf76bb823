import type { Json } from '#src/kernel/runtime.ts'

/** Kinds of apps, each with metadata to begin with. */
export const PRESETS = ['web', 'spa', 'native', 'tv', 'machine', 'third-party'] as const
export type Preset = (typeof PRESETS)[number]

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const METADATA: Readonly<Record<Preset, { readonly [field: string]: Json }>> = {
  web: {
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    pias_first_party: true,
  },
  spa: { grant_types: ['authorization_code'], token_endpoint_auth_method: 'none', pias_first_party: true },
  native: {
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
    pias_first_party: true,
  },
  tv: { grant_types: [DEVICE_CODE, 'refresh_token'], token_endpoint_auth_method: 'none', pias_first_party: true },
  machine: { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' },
  'third-party': { grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic' },
}

/** Metadata of a kind of app, under what is given. */
export const withPreset = (preset: Preset | undefined, given: { readonly [field: string]: Json }): Json => ({
  ...(preset === undefined ? {} : METADATA[preset]),
  ...given,
})

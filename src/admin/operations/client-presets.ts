import { originsOf } from '#src/clients/browser-apps.ts'
import { DEVICE_CODE } from '#src/clients/client-shape.ts'
import type { Json } from '#src/kernel/runtime.ts'

/** Kinds of apps, each with metadata to begin with. */
export const PRESETS = ['web', 'spa', 'native', 'tv', 'machine', 'third-party'] as const
export type Preset = (typeof PRESETS)[number]

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
  // A TV keeps its refresh token for months, and no secret: bound to its key, a copy of that is worth nothing (RFC 9449, 5).
  tv: {
    grant_types: [DEVICE_CODE, 'refresh_token'],
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
    pias_first_party: true,
  },
  machine: { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' },
  'third-party': { grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic' },
}

type Fields = { readonly [field: string]: Json }

const presetFields = (preset: Preset, given: Fields): Fields => {
  const { redirect_uris: uris } = given
  const origins = preset === 'spa' && Array.isArray(uris) ? originsOf(uris.map(String)) : []
  return origins.length === 0 ? METADATA[preset] : { ...METADATA[preset], pias_origins: origins }
}

/**
 * Metadata of a kind of app, under what is given. An app in the browser alone may call PIAS from the origins that people
 * return to: it could not exchange its code otherwise (Fetch, CORS protocol).
 */
export const withPreset = (preset: Preset | undefined, given: Fields): Json => ({
  ...(preset === undefined ? {} : presetFields(preset, given)),
  ...given,
})

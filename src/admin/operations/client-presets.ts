import { originProblem } from '#src/clients/redirect-uri.ts'
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

type Fields = { readonly [field: string]: Json }

/** Where the pages are that people return to. What is wrong with an address is told of the address itself. */
const originsOf = ({ redirect_uris: uris }: Fields): readonly string[] => {
  const texts = Array.isArray(uris) ? uris.map(String) : []
  const origins = texts.map(uri => URL.parse(uri)?.origin)
  return [...new Set(origins.filter(origin => origin !== undefined && originProblem(origin) === undefined))] as string[]
}

const presetFields = (preset: Preset, given: Fields): Fields => {
  const origins = preset === 'spa' ? originsOf(given) : []
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

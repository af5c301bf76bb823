import { apiMetadataSchema } from '#src/clients/api-metadata.ts'
import { createCheckSurroundings, requireSurroundings } from '#src/clients/check-surroundings.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'

const client = (client_id: string, over: object) =>
  clientMetadataSchema.parse({
    client_id,
    client_name: 'Synthetic',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://app.example/callback'],
    ...over,
  })

const words = { nl: 'a', fr: 'a', de: 'a', en: 'a' }
const api = (audience: string, name: string, clients: string[]) =>
  apiMetadataSchema.parse({ audience, name, scopes: [{ name, description: words }], clients })

const check = createCheckSurroundings({
  upstreams: ['itsme', 'partner'],
  findImage: file => (file === 'shop.svg' ? { url: 'data:shop' } : { problem: `${file} cannot be read` }),
  lifetimes: { accessToken: 600, idToken: 300, refreshToken: 86_400 },
  apis: () => [api('https://silent.example/', 'silent:read', []), api('https://asks.example/', 'asks:read', ['asks'])],
})

test('what is there is fine', () => {
  expect(check(client('a', { pias_upstreams: ['partner', 'itsme'], pias_logo: 'shop.svg' }))).toEqual([])
  expect(check(client('a', {}))).toEqual([])
})

test('what is not there is told by its field', () => {
  expect(check(client('a', { pias_upstreams: ['itsme', 'walet'] }))).toEqual([
    { field: 'pias_upstreams', message: 'no upstream "walet" is configured' },
  ])
  expect(check(client('a', { pias_logo: 'gone.svg' }))).toEqual([
    { field: 'pias_logo', message: 'gone.svg cannot be read' },
  ])
  expect(check(client('a', { pias_lifetimes: { accessToken: 600, idToken: 301 } }))).toEqual([
    {
      field: 'pias_lifetimes.idToken',
      message: 'must be at most 300 seconds, which lifetimes.idToken of the configuration says',
    },
  ])
})

test('opaque tokens are only for APIs that introspect', () => {
  const opaque = (scope: string) => check(client('a', { scope, pias_access_token_format: 'opaque' }))
  expect(opaque('openid asks:read')).toEqual([])
  expect(opaque('openid asks:read silent:read')).toEqual([
    {
      field: 'pias_access_token_format',
      message: 'needs an API that introspects, and https://silent.example/ names no clients that may',
    },
  ])
  expect(check(client('a', { scope: 'openid silent:read' }))).toEqual([])
})

test('stops the start of a node, every one named', () => {
  const clients = [client('a', { pias_upstreams: ['itsmee'] }), client('b', { pias_logo: 'gone.svg' })]
  expect(() => requireSurroundings(clients, check)).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      detail: 'a: pias_upstreams: no upstream "itsmee" is configured; b: pias_logo: gone.svg cannot be read',
    }),
  )
})

import { openClientBrands, startableApps } from '#src/clients/client-brand.ts'
import { clientMetadataSchema } from '#src/clients/client-metadata.ts'

const FILE = {
  client_id: 'shop',
  client_name: 'Synthetic shop',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['https://shop.example/callback'],
}

const brandsOf = (over: object) => {
  const client = clientMetadataSchema.parse({ ...FILE, ...over })
  const clients = { find: (id: string) => (id === client.client_id ? client : undefined) }
  const findImage = (file: string) =>
    file === 'shop.svg' ? { url: 'data:shop' } : { problem: `${file} cannot be read` }
  return openClientBrands({ clients, findImage })
}

describe('the dress of an app', () => {
  test('is its name, and what its file says', () => {
    expect(brandsOf({})('shop')).toEqual({ name: 'Synthetic shop' })
    const dressed = brandsOf({
      pias_accent: '#00695c',
      pias_logo: 'shop.svg',
      pias_help_uri: 'https://shop.example/help',
      pias_default_locale: 'fr',
      initiate_login_uri: 'https://shop.example/login',
    })
    expect(dressed('shop')).toEqual({
      name: 'Synthetic shop',
      accent: '#00695c',
      logoUrl: 'data:shop',
      helpUrl: 'https://shop.example/help',
      defaultLocale: 'fr',
      appUrl: 'https://shop.example/login',
    })
    expect(dressed('another')).toBeUndefined()
  })

  test('without a logo where it is not there', () => {
    expect(brandsOf({ pias_logo: 'gone.svg' })('shop')).toEqual({ name: 'Synthetic shop' })
  })

  test.each([
    ['#ffee00', /contrast of 1\.\d+:1 to white, but text needs 4\.5:1/],
    ['#777777', /contrast of 4\.47:1/],
    ['violet', /must be a colour/],
  ])('refuses the accent %s with its file', (pias_accent, message) => {
    const parsed = clientMetadataSchema.safeParse({ ...FILE, pias_accent })
    expect(parsed.success).toBe(false)
    expect(parsed.error?.issues.map(issue => `${issue.path.join('.')} ${issue.message}`).join()).toMatch(message)
  })
})

test('a login can begin at the apps that say where', () => {
  const clients = [{}, { initiate_login_uri: 'https://shop.example/login' }].map(over =>
    clientMetadataSchema.parse({ ...FILE, ...over }),
  )
  expect(startableApps({ ofFiles: () => clients })).toEqual([
    { name: 'Synthetic shop', href: 'https://shop.example/login' },
  ])
})

import { SWITCHES } from '#examples/itsme-simulator/options.ts'
import { startWorld, type World } from './support.ts'

/** How a login ends is not a form of its answer, nor is what comes between two of them. */
const {
  outcome: _outcome,
  ongoingCall: _ongoingCall,
  keyRotation: _keyRotation,
  partnerKeys: _partnerKeys,
  ...FORMS
} = SWITCHES

/** Every form in which itsme may answer, and every way to ask. */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  ...FORMS,
  requestObject: ['off', 'request', 'request_uri'],
}

/**
 * Each two values of different dimensions meet in one row (pairwise testing): a form that is read well alone may still
 * fail beside another.
 */
const ROWS = `
RSA-OAEP-256  A128CBC-HS256  on   application/json  lower   on   object  enforced  off
RSA-OAEP      A256GCM        off  application/jwt   lower   off  string  optional  request
RSA-OAEP-256  A256GCM        off  application/jwt   lower   on   object  enforced  request_uri
RSA-OAEP      A128CBC-HS256  on   application/jwt   V2      off  object  optional  off
RSA-OAEP-256  A256GCM        off  application/json  V2      on   string  enforced  request
RSA-OAEP      A256GCM        on   application/json  V2      off  string  enforced  request_uri
RSA-OAEP-256  A128CBC-HS256  off  application/json  tag     off  string  enforced  off
RSA-OAEP      A256GCM        on   application/jwt   tag     on   object  enforced  request
RSA-OAEP      A128CBC-HS256  off  application/jwt   tag     on   string  optional  request_uri
RSA-OAEP      A256GCM        off  application/jwt   absent  on   string  enforced  off
RSA-OAEP-256  A128CBC-HS256  on   application/json  absent  off  object  optional  request
RSA-OAEP-256  A128CBC-HS256  on   application/json  absent  off  string  optional  request_uri
`
  .trim()
  .split('\n')
  .map(line => {
    const values = line.trim().split(/\s+/)
    return Object.fromEntries(Object.keys(DIMENSIONS).map((name, index) => [name, values[index] ?? '']))
  })

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => world.control('reset'))

test('the table has every pair of values', () => {
  const names = Object.keys(DIMENSIONS)
  const missing = names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .flatMap(other =>
        (DIMENSIONS[one] ?? []).flatMap(a =>
          (DIMENSIONS[other] ?? [])
            .filter(b => !ROWS.some(row => row[one] === a && row[other] === b))
            .map(b => `${one} ${a} with ${other} ${b}`),
        ),
      ),
  )
  expect(missing).toEqual([])
})

describe('a login in the form', () => {
  test.each(ROWS.map(row => [Object.values(row).join(' '), row] as const))('%s', async (_what, row) => {
    const { requestObject, ...switches } = row
    await world.control('config', switches)
    const connector = world.connector({ config: { requestObject } })

    const lotte = await connector.logIn('lotte')
    expect(lotte).toMatchObject({ acr: 'urn:pias:acr:basic', claims: { familyName: 'Vandenbroucke' } })
    expect(lotte.claims.address).toMatchObject({ streetAddress: 'Zennestraat 32 bus 20', postalCode: '1000' })

    // Without a birth date the ID token tells too little, so that userinfo is read, too.
    const other = await connector.logIn('no-birthdate')
    expect(other.claims).toMatchObject({ familyName: 'Warsame', locale: 'fr', phoneVerified: true })
    expect(other.claims.address).toMatchObject({ postalCode: '4000' })
  })
})

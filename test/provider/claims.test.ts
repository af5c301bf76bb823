import type { IdentityClaims } from '#src/kernel/identity.ts'
import { CLAIMS_BY_SCOPE, standardClaims } from '#src/provider/claims.ts'

/** A synthetic person of whom the upstream gave everything. */
const ALL: IdentityClaims = {
  name: 'Ann Synthetic',
  givenName: 'Ann',
  familyName: 'Synthetic',
  birthdate: '1990-01-31',
  gender: 'female',
  locale: 'nl',
  email: 'ann@example.com',
  emailVerified: false,
  phoneNumber: '+32 470 00 00 00',
  phoneVerified: true,
  address: {
    formatted: 'Straat 1, 1000 Brussel',
    streetAddress: 'Straat 1',
    postalCode: '1000',
    locality: 'Brussel',
    country: 'BE',
  },
}

describe('standardClaims', () => {
  test('gives the claims of OpenID Connect Core 5.1, the phone number in E.164', () => {
    expect(standardClaims(ALL)).toEqual({
      name: 'Ann Synthetic',
      given_name: 'Ann',
      family_name: 'Synthetic',
      birthdate: '1990-01-31',
      gender: 'female',
      locale: 'nl',
      email: 'ann@example.com',
      email_verified: false,
      phone_number: '+32470000000',
      phone_number_verified: true,
      address: {
        formatted: 'Straat 1, 1000 Brussel',
        street_address: 'Straat 1',
        postal_code: '1000',
        locality: 'Brussel',
        country: 'BE',
      },
    })
  })

  test('leaves out what is not known, its provenance too: never null, never empty', () => {
    expect(standardClaims({})).toEqual({})
    expect(standardClaims({ familyName: 'Synthetic', address: { locality: 'Brussel' } })).toEqual({
      family_name: 'Synthetic',
      address: { locality: 'Brussel' },
    })
  })

  test.each([
    [{ email: 'a@example.com' }, 'email_verified', false],
    [{ email: 'a@example.com', emailVerified: false }, 'email_verified', false],
    [{ email: 'a@example.com', emailVerified: true }, 'email_verified', true],
    [{ emailVerified: true }, 'email_verified', undefined],
    [{ phoneNumber: '+32470000000' }, 'phone_number_verified', false],
    [{ phoneNumber: '+32470000000', phoneVerified: true }, 'phone_number_verified', true],
    [{ phoneVerified: true }, 'phone_number_verified', undefined],
  ] as const)('of %j makes %s %s: only what the upstream vouched for', (claims, name, value) => {
    expect(standardClaims(claims)[name]).toBe(value)
  })

  test('gives no claim that no scope brings', () => {
    const brought: string[] = Object.values(CLAIMS_BY_SCOPE).flat()
    expect(Object.keys(standardClaims(ALL)).filter(claim => !brought.includes(claim))).toEqual([])
  })
})

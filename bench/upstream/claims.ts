import type { Persona } from './persona.ts'

type Claims = Readonly<Record<string, unknown>>

/** What each of the two places may hold of a person. */
export type GrantedClaims = { readonly idToken: Claims; readonly userinfo: Claims }

/** The level itsme assumes when none is asked for. */
export const ACR_BASIC = 'http://itsme.services/v2/claim/acr_basic'

const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
}

const allClaims = (persona: Persona): Claims => {
  const { address } = persona
  const streetAddress = `${address.street} ${address.number}${address.box ? ` bus ${address.box}` : ''}`
  return {
    name: `${persona.firstNames.join(' ')} ${persona.familyName}`,
    given_name: persona.firstNames.join(' '),
    family_name: persona.familyName,
    birthdate: persona.birthdate,
    gender: persona.gender,
    locale: persona.locale,
    email: persona.email,
    email_verified: false,
    phone_number: `${persona.phone.slice(0, 3)} ${persona.phone.slice(3)}`,
    phone_number_verified: true,
    address: {
      street_address: streetAddress,
      postal_code: address.postalCode,
      locality: address.locality.toUpperCase(),
      formatted: `${streetAddress} ${address.postalCode} ${address.locality.toUpperCase()}`,
    },
  }
}

const only = (claims: Claims, names: readonly string[]): Claims =>
  Object.fromEntries(names.filter(name => name in claims).map(name => [name, claims[name]]))

/**
 * What itsme puts where: the ID token holds what `claims.id_token` asks for, UserInfo what the scopes and
 * `claims.userinfo` ask for. Scopes alone bring nothing into the ID token.
 * @param requested the `claims` parameter, parsed (OIDC Core 5.5)
 */
export const claimsOf = (
  persona: Persona,
  scope: string,
  requested: { readonly id_token?: object; readonly userinfo?: object },
): GrantedClaims => {
  const all = allClaims(persona)
  const scoped = scope.split(' ').flatMap(name => SCOPE_CLAIMS[name] ?? [])
  return {
    idToken: only(all, Object.keys(requested.id_token ?? {})),
    userinfo: only(all, [...scoped, ...Object.keys(requested.userinfo ?? {})]),
  }
}

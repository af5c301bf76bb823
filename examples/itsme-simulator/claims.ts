import { createHash } from 'node:crypto'
import type { Persona, Switches } from './options.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Prefix of itsme's own claims. */
export const CLAIM = 'http://itsme.services/v2/claim/'

const ONGOING_CALL = `${CLAIM}ongoing_call`

/** What a scope stands for. Given at UserInfo only, never in the ID token. */
const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'given_name', 'family_name', 'birthdate', 'gender', 'locale', 'picture'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  eid: [`${CLAIM}BENationalNumber`, `${CLAIM}BEeidSn`],
  idDocument: [`${CLAIM}IDDocumentSN`, `${CLAIM}IDDocumentType`],
}

/** Every scope the platform knows beside `openid` and `service:…`. */
export const KNOWN_SCOPES = Object.keys(SCOPE_CLAIMS)

/** Claims about claims: an object by attribute name, with entries only for what was asked beside it. */
const METADATA_CLAIMS = new Set(
  ['IDIssuingCountry', 'validityFrom', 'validityTo', 'verificationDate', 'issuance_locality'].map(name => CLAIM + name),
)

/** The `claims` parameter (OIDC Core 5.5), parsed. */
export type RequestedClaims = { readonly id_token?: Claims; readonly userinfo?: Claims }

const metadataOf = (value: unknown, asked: ReadonlySet<string>): Claims | undefined => {
  const entries = Object.entries(value as Claims).filter(([attribute]) => asked.has(attribute))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

const select = (persona: Persona, switches: Switches, names: readonly string[]): Claims => {
  const asked = new Set(names)
  const selected: Record<string, unknown> = {}
  for (const name of asked) {
    const value = persona.claims[name]
    if (value === undefined) continue
    if (METADATA_CLAIMS.has(name)) {
      const metadata = metadataOf(value, asked)
      if (metadata !== undefined) selected[name] = metadata
    } else if (name === 'address' && switches.address === 'string') {
      selected[name] = JSON.stringify(value)
    } else if (name === ONGOING_CALL && switches.ongoingCall === 'on') {
      selected[name] = true
    } else {
      selected[name] = value
    }
  }
  return selected
}

/**
 * What goes where: the ID token holds what `claims.id_token` names, UserInfo what the scopes stand for and
 * `claims.userinfo` names. What a person has not got is left out, never null.
 */
export const claimsFor = (
  persona: Persona,
  switches: Switches,
  scopes: readonly string[],
  requested: RequestedClaims,
): { idToken: Claims; userinfo: Claims } => {
  const scoped = scopes.flatMap(scope => SCOPE_CLAIMS[scope] ?? [])
  return {
    idToken: select(persona, switches, Object.keys(requested.id_token ?? {})),
    userinfo: select(persona, switches, [...scoped, ...Object.keys(requested.userinfo ?? {})]),
  }
}

/**
 * Pairwise subjects as itsme makes them: 36 lowercase letters and digits, the same for one person at one partner for as
 * long as the itsme account lives. Who makes a new account is somebody new.
 */
export const createSubjects = (personas: readonly Persona[]) => {
  const accounts = new Map(personas.map(({ id }) => [id, 1]))
  return {
    subjectFor: (clientId: string, personaId: string): string => {
      const parts = ['itsme-simulator', clientId, personaId, accounts.get(personaId)]
      const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
      return BigInt(`0x${digest}`).toString(36).padStart(50, '0').slice(-36)
    },
    /** Deletes a person's account and makes another; false when there is no such person. */
    recreate: (personaId: string): boolean => {
      const count = accounts.get(personaId)
      if (count !== undefined) accounts.set(personaId, count + 1)
      return count !== undefined
    },
  }
}

import type { z } from 'zod'
import { canEncryptTo } from './algorithms.ts'
import { APP_SCOPE, type ClientShape, DEVICE_CODE, isMachine, MACHINE_GRANTS } from './client-shape.ts'
import { checkFapi2 } from './fapi2-rules.ts'
import { redirectUriProblem } from './redirect-uri.ts'
import { rightFields } from './right-fields.ts'

/**
 * Metadata as rules look at them, also beside a field that is wrong: `right` has no field that is, `isGiven` says whether
 * there is anything in a field, right or wrong, so that what is wrong is not called missing as well.
 */
type Looked = {
  readonly right: Partial<ClientShape>
  readonly isGiven: (field: keyof ClientShape) => boolean
  readonly fail: (field: string, message: string, index?: number) => void
}

const checkKeys = ({ right, isGiven, fail }: Looked): void => {
  const method = right.token_endpoint_auth_method
  if (isGiven('jwks') && isGiven('jwks_uri')) fail('jwks_uri', 'give either jwks or jwks_uri')
  if (method === 'private_key_jwt' && !isGiven('jwks') && !isGiven('jwks_uri')) {
    fail('jwks', 'is needed by private_key_jwt (or jwks_uri)')
  }
  if (right.jwks?.keys.some(key => 'd' in key || 'k' in key)) fail('jwks', 'must hold public keys only')
  if (method === 'none' && right.pias_pkce_required === false) {
    fail('pias_pkce_required', 'is for clients that authenticate; with none PKCE is all there is')
  }
}

const KEY_ELSEWHERE = 'needs a key of the client: jwks or jwks_uri'

/** What is signed by the client or encrypted to it needs a key of its own; of a `jwks_uri` nothing is known here. */
const checkSignedAndEncrypted = ({ right, isGiven, fail }: Looked): void => {
  const keys = right.jwks?.keys
  const hasKeys = isGiven('jwks') || isGiven('jwks_uri')
  for (const what of ['id_token', 'userinfo'] as const) {
    const algField = `${what}_encrypted_response_alg` as const
    const encField = `${what}_encrypted_response_enc` as const
    const alg = right[algField]
    if (!isGiven(algField) && isGiven(encField)) fail(algField, `is needed beside ${encField}`)
    if (alg === undefined) continue
    if (!hasKeys) fail(algField, KEY_ELSEWHERE)
    else if (keys?.every(key => !canEncryptTo(key, alg))) fail('jwks', `holds no key for ${algField} ${alg}`)
  }
  if (!hasKeys && (right.require_signed_request_object || right.request_object_signing_alg !== undefined)) {
    fail('request_object_signing_alg', KEY_ELSEWHERE)
  }
}

/** An app that signs people in by the code flow (OIDC Core, 3.1). */
const checkApp = ({ right, fail }: Looked): void => {
  const others = right.response_types?.some(type => type !== 'code')
  if (right.response_types?.length === 0 || (others && !right.pias_implicit)) fail('response_types', 'must be code')
  if (!(right.scope ?? APP_SCOPE).split(' ').includes('openid')) fail('scope', 'must include openid')
}

type Grants = ClientShape['grant_types']

/**
 * A machine acts for itself alone (RFC 6749, 4.4). It is a client of its own, so that its tokens are never taken for
 * those of a person (RFC 9700, 4.15).
 */
const checkMachine = ({ right, isGiven, fail }: Looked, grants: Grants): void => {
  const others = grants.filter(grant => !MACHINE_GRANTS.some(one => one === grant))
  if (others.length > 0) fail('grant_types', 'client_credentials needs a client of its own')
  if (right.token_endpoint_auth_method === 'none') fail('token_endpoint_auth_method', 'a machine must prove who it is')
  for (const field of ['redirect_uris', 'post_logout_redirect_uris', 'response_types'] as const) {
    if (right[field]?.length) fail(field, 'is not used by client_credentials')
  }
  if (/(^| )(openid|offline_access)( |$)/.test(right.scope ?? '')) fail('scope', 'openid is for people')
  // What an API gets for a call of its own names who called it (`act`), which opaque tokens are not read for.
  if (grants.includes(MACHINE_GRANTS[1]) && isGiven('pias_access_token_format')) {
    fail('pias_access_token_format', 'is not used by token exchange')
  }
}

/**
 * A TV is a client of its own, so that its codes, which can be talked out of people, are good for nothing else. The
 * library cannot tell the sector of a device that is known by its name alone.
 */
const checkDevice = ({ right, fail }: Looked, grants: Grants): void => {
  if (grants.some(grant => grant !== DEVICE_CODE && grant !== 'refresh_token')) {
    fail('grant_types', 'the device grant needs a client of its own, with refresh_token at most')
  }
  for (const field of ['redirect_uris', 'post_logout_redirect_uris', 'response_types'] as const) {
    if (right[field]?.length) fail(field, 'is not used by the device grant')
  }
  if (right.subject_type === 'pairwise') fail('subject_type', 'must be public with the device grant')
  if (!(right.scope ?? APP_SCOPE).split(' ').includes('openid')) fail('scope', 'must include openid')
}

/** What a client is for, by its grants. */
const checkGrants = (looked: Looked, grants: Grants): void => {
  if (isMachine({ grant_types: grants })) checkMachine(looked, grants)
  else if (grants.includes(DEVICE_CODE)) checkDevice(looked, grants)
  else if (grants.includes('authorization_code') || looked.right.pias_implicit) checkApp(looked)
  else looked.fail('grant_types', 'must include authorization_code, client_credentials or the device grant')
}

const checkSector = ({ right, isGiven, fail }: Looked): void => {
  const [hasSector, hasSectorUri] = [isGiven('pias_sector'), isGiven('sector_identifier_uri')]
  if (hasSector && hasSectorUri) fail('sector_identifier_uri', 'give either pias_sector or sector_identifier_uri')
  // Of what is neither public nor pairwise nobody knows.
  if (isGiven('subject_type') && right.subject_type === undefined) return
  if (right.subject_type === 'pairwise' ? !hasSector && !hasSectorUri : hasSector) {
    fail('pias_sector', 'goes with subject_type pairwise')
  }
}

/** Grants that are wrong may still name one that sends people back. */
const lacksRedirectUris = (client: { grant_types?: unknown; redirect_uris?: unknown }): boolean => {
  const { grant_types: grants, redirect_uris: addresses } = client
  const redirects = Array.isArray(grants) && (grants.includes('authorization_code') || grants.includes('implicit'))
  return redirects && Array.isArray(addresses) && addresses.length === 0
}

const checkAddresses = ({ right, fail }: Looked): void => {
  // Of what is neither web nor native only what is wrong with both is told.
  const native = right.application_type !== 'web'
  for (const field of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    right[field]?.forEach((uri, index) => {
      const problem = redirectUriProblem(uri, native)
      if (problem !== undefined) fail(field, problem, index)
    })
  }
}

/**
 * Holds a client to what its fields owe each other. Asked beside what is wrong with single fields, so that whoever writes the
 * file hears of all at once.
 * @param client as its shape left it, fields that are wrong included
 * @param issues what was found wrong with single fields
 * @param fail told of each rule that is broken: the field, why, and which of several values
 */
export const checkClient = (
  client: ClientShape,
  issues: readonly Pick<z.core.$ZodRawIssue, 'path'>[],
  fail: Looked['fail'],
): void => {
  const right: Partial<ClientShape> = rightFields(client, issues)
  const looked: Looked = { right, isGiven: field => client[field] !== undefined, fail }
  if (lacksRedirectUris(client)) fail('redirect_uris', 'is needed by authorization_code')
  checkAddresses(looked)
  checkSector(looked)
  if (right.grant_types !== undefined) checkGrants(looked, right.grant_types)
  checkKeys(looked)
  checkSignedAndEncrypted(looked)
  if (right.pias_profile === 'fapi2') checkFapi2(right, fail)
}

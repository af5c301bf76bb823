import type { z } from 'zod'
import { isBrowserApp } from '#src/clients/browser-apps.ts'
import type { CheckSurroundings, ClientProblem } from '#src/clients/check-surroundings.ts'
import { type ClientMetadata, clientMetadataSchema } from '#src/clients/client-metadata.ts'
import { isMachine } from '#src/clients/client-shape.ts'
import { rightFields } from '#src/clients/right-fields.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { fixOf } from './client-fixes.ts'

/** What is wrong, or might be better: the field, why, and what to do. */
export type ClientFinding = { readonly field: string; readonly reason: string; readonly fix: string }

/** What is said of metadata: with errors they are not saved. */
export type ClientLint = { readonly errors: readonly ClientFinding[]; readonly warnings: readonly ClientFinding[] }

/** A problem as admins are told it. */
export const toFinding = (problem: ClientProblem): ClientFinding => ({
  field: problem.field,
  reason: problem.message,
  fix: fixOf(problem),
})

/** What a schema found, field by field. */
export const toProblem = ({ path, message }: z.core.$ZodIssue): ClientProblem => ({
  field: path.map(String).join('.') || '(all)',
  message,
})

/** All that is wrong with metadata that do not hold: what the schema found, and what the other fields name and is not there. */
export const problemsOf = (
  given: unknown,
  { issues }: z.core.$ZodError,
  checkSurroundings: CheckSurroundings,
): readonly ClientProblem[] => [...issues.map(toProblem), ...checkSurroundings(rightFields(given, issues))]

const isLoopback = (uri: string): boolean => uri.startsWith('http:')

type Advice = { readonly when: (client: ClientMetadata) => boolean } & ClientFinding

const usesCode = ({ grant_types: grants }: ClientMetadata): boolean => grants.includes('authorization_code')

/** What holds, and might be better. */
const ADVICE: readonly Advice[] = [
  {
    when: client => client.token_endpoint_auth_method.startsWith('client_secret_'),
    field: 'token_endpoint_auth_method',
    reason: 'a secret is known to two; a key only to the app',
    fix: 'use private_key_jwt with jwks_uri',
  },
  {
    when: client => client.id_token_signed_response_alg === 'RS256',
    field: 'id_token_signed_response_alg',
    reason: 'RS256 is for software that knows nothing else',
    fix: 'leave it out: ES256 is the default',
  },
  {
    // What has no server can take no logout token.
    when: client =>
      usesCode(client) && client.token_endpoint_auth_method !== 'none' && client.backchannel_logout_uri === undefined,
    field: 'backchannel_logout_uri',
    reason: 'the app is not told when a login ends elsewhere, or is ended by PIAS',
    fix: 'give an address that takes logout tokens',
  },
  {
    when: client => isBrowserApp(client) && !client.pias_origins?.length,
    field: 'pias_origins',
    reason: 'a page of the app cannot exchange its code: browsers let no other origin read the answer of PIAS',
    fix: 'list the origins of its pages, such as https://app.example; a native app says "application_type": "native"',
  },
  {
    // A native app listens there while somebody logs in (RFC 8252, 7.3).
    when: client => client.application_type === 'web' && client.redirect_uris.some(isLoopback),
    field: 'redirect_uris',
    reason: 'addresses of this machine are for development',
    fix: 'remove them before the app goes live',
  },
  {
    when: client =>
      client.grant_types.includes('refresh_token') &&
      client.token_endpoint_auth_method === 'none' &&
      client.dpop_bound_access_tokens !== true,
    field: 'dpop_bound_access_tokens',
    reason: 'refresh tokens of an app without a secret are worth something to whoever steals them',
    fix: 'set it to true: tokens are bound to a key of the app (RFC 9449)',
  },
  {
    when: client => !isMachine(client) && !client.pias_first_party && client.policy_uri === undefined,
    field: 'policy_uri',
    reason: 'people who are asked for consent cannot read what happens to their data',
    fix: "give the address of the app's privacy policy",
  },
]

/** What might be better of an app that passed. */
export const adviseOn = (client: ClientMetadata): readonly ClientFinding[] =>
  ADVICE.filter(({ when }) => when(client)).map(({ when: _, ...advice }) => advice)

/** Looks at metadata as they are given: what is wrong, else what might be better. */
export const createLintClient =
  (checkSurroundings: CheckSurroundings) =>
  (given: Json): ClientLint => {
    const parsed = clientMetadataSchema.safeParse(given, { error: inputWords })
    if (!parsed.success) {
      return { errors: problemsOf(given, parsed.error, checkSurroundings).map(toFinding), warnings: [] }
    }
    return { errors: checkSurroundings(parsed.data).map(toFinding), warnings: adviseOn(parsed.data) }
  }

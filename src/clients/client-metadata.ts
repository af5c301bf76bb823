import type { z } from 'zod'
import { ENCRYPTION_ENCS } from './algorithms.ts'
import { checkClient } from './client-rules.ts'
import { APP_SCOPE, type ClientShape, clientShape, isMachine } from './client-shape.ts'
import { FAPI2_FIELDS } from './fapi2-rules.ts'

const checked = clientShape.superRefine(
  (client, context) =>
    checkClient(client, context.issues, (field, message, index) =>
      context.addIssue({ code: 'custom', path: index === undefined ? [field] : [field, index], message }),
    ),
  // Only of an object: then what is wrong is wrong in a field, or is one that there is not.
  { when: ({ issues }) => issues.every(({ code, path }) => code === 'unrecognized_keys' || (path ?? []).length > 0) },
)

/** OpenID Registration's default would be an older one (OpenID Connect Dynamic Client Registration 1.0, 2). */
const encryptionOf = (client: ClientShape) => ({
  ...(client.id_token_encrypted_response_alg && { id_token_encrypted_response_enc: ENCRYPTION_ENCS[0] }),
  ...(client.userinfo_encrypted_response_alg && { userinfo_encrypted_response_enc: ENCRYPTION_ENCS[0] }),
})

/** Whether a client proves itself with a secret (RFC 6749, 2.3.1). */
export const usesSecret = (client: { token_endpoint_auth_method: string }): boolean =>
  client.token_endpoint_auth_method.startsWith('client_secret_')

/**
 * One relying party as a file or whoever registers it describes it: RFC 7591 names, PIAS's own under `pias_*`, no secret.
 * Unknown fields are errors, so that a typing error is not silently a default.
 */
export const clientMetadataSchema = checked.transform(client => {
  const responseTypes = client.response_types ?? (client.grant_types.includes('authorization_code') ? ['code'] : [])
  return {
    ...client,
    ...encryptionOf(client),
    ...(client.pias_profile === 'fapi2' ? FAPI2_FIELDS : {}),
    response_types: responseTypes,
    scope: client.scope ?? (isMachine(client) ? undefined : APP_SCOPE),
  }
})

/** A relying party that passed. */
export type ClientMetadata = z.infer<typeof clientMetadataSchema>

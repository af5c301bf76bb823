import { z } from 'zod'
import { PiasError } from '#src/kernel/errors.ts'
import { endpointSchema } from '#src/upstream/callable-url.ts'

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: endpointSchema,
  token_endpoint: endpointSchema,
  userinfo_endpoint: endpointSchema,
  jwks_uri: endpointSchema,
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
})

/** What PIAS uses of the upstream's metadata (OIDC Discovery, 3). */
export type ProviderMetadata = z.output<typeof metadataSchema>

/** Where the metadata of an issuer is (OIDC Discovery, 4). */
export const metadataUrl = (issuer: string): string => `${issuer}/.well-known/openid-configuration`

/**
 * Reads the metadata. The issuer in it must be the configured one to the letter, or everything that follows would be
 * somebody else's (OIDC Discovery, 4.3; mix-up, RFC 9700 4.4).
 * @throws PiasError `upstream.unavailable` with the paths at fault: without metadata no leg can begin
 */
export const parseMetadata = (body: string, issuer: string): ProviderMetadata => {
  let tree: unknown
  try {
    tree = JSON.parse(body)
  } catch {
    throw new PiasError('upstream.unavailable', 'metadata is not JSON')
  }
  const parsed = metadataSchema.safeParse(tree)
  if (!parsed.success) {
    const paths = parsed.error.issues.map(issue => issue.path.join('.') || '(root)')
    throw new PiasError('upstream.unavailable', `metadata is not usable: ${paths.join(', ')}`)
  }
  if (parsed.data.issuer !== issuer) throw new PiasError('upstream.unavailable', 'metadata is of another issuer')
  return parsed.data
}

import { z } from 'zod'
import { PiasError } from '#src/kernel/errors.ts'
import { endpointSchema } from '#src/upstream/transport/callable-url.ts'

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: endpointSchema,
  token_endpoint: endpointSchema,
  userinfo_endpoint: endpointSchema.exactOptional(),
  jwks_uri: endpointSchema,
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
})

/** What PIAS uses of an OpenID provider's metadata (OIDC Discovery, 3). */
export type ProviderMetadata = z.output<typeof metadataSchema>

/** Where the metadata of an issuer is; a slash at the issuer's end is dropped first (OIDC Discovery, 4). */
export const metadataUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`

const unusable = (detail: string): never => {
  throw new PiasError('upstream.unavailable', `metadata ${detail}`)
}

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return unusable('is not JSON')
  }
}

/**
 * Reads the metadata. The issuer in it must be the configured one to the letter, or everything that follows would be
 * somebody else's (OIDC Discovery, 4.3; mix-up, RFC 9700 4.4).
 * @param options.userinfo whether an upstream without a userinfo endpoint is of no use
 * @throws PiasError `upstream.unavailable` with the paths at fault: without metadata no leg can begin
 */
export const parseMetadata = (body: string, issuer: string, options: { userinfo: boolean }): ProviderMetadata => {
  const parsed = metadataSchema.safeParse(parseJson(body))
  if (!parsed.success) {
    const paths = parsed.error.issues.map(issue => issue.path.join('.') || '(root)')
    return unusable(`is not usable: ${paths.join(', ')}`)
  }
  if (parsed.data.issuer !== issuer) return unusable('is of another issuer')
  if (options.userinfo && parsed.data.userinfo_endpoint === undefined)
    return unusable('is not usable: userinfo_endpoint')
  return parsed.data
}

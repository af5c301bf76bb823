import { z } from 'zod'
import { ACRS } from '#src/kernel/identity.ts'
import { displayNameSchema } from '#src/upstream/openid/display-name.ts'
import { issuerSchema } from '#src/upstream/transport/callable-url.ts'

const acr = z.enum(ACRS)
const milliseconds = z.int().positive()

const secretFields = {
  secret: z.string().min(16, 'must have at least 16 characters').exactOptional(),
  /** A file that holds the secret and nothing else; read at the start. */
  secretFile: z.string().min(1).exactOptional(),
}

const oneSecret = ({ secret, secretFile }: { secret?: string; secretFile?: string }): boolean =>
  (secret === undefined) !== (secretFile === undefined)
const ONE_SECRET = 'needs either secret or secretFile'

/** How PIAS proves at the token endpoint that it is the client (OIDC Core 9). */
const authentication = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('client_secret_basic'), ...secretFields }).refine(oneSecret, ONE_SECRET),
  z.strictObject({ method: z.literal('client_secret_post'), ...secretFields }).refine(oneSecret, ONE_SECRET),
  z.strictObject({
    method: z.literal('private_key_jwt'),
    /** The key is made once and kept in the store; its public half is at `/upstream/<id>/jwks`. */
    alg: z.enum(['ES256', 'RS256']).default('ES256'),
    /** Whom assertions are addressed to. The issuer is right (RFC 7523bis); older providers want their token URL. */
    audience: z.enum(['issuer', 'token_endpoint']).default('issuer'),
  }),
])

/** The upstream's levels, both ways. Nothing is assumed: a level that is not listed logs nobody in. */
const acrMap = z
  .strictObject({
    /** What to put in `acr_values` for each of PIAS's levels. */
    request: z.partialRecord(acr, z.string().min(1)).default({}),
    /** What each `acr` of the upstream means. */
    accept: z.record(z.string(), acr).default({}),
    /** What an ID token without `acr` means. */
    absent: z.union([acr, z.literal('refuse')]).default('refuse'),
  })
  .prefault({})

/** What the upstream vouches for beyond what a token says in `email_verified` and `phone_number_verified`. */
const verified = z
  .strictObject({
    phone: z.boolean().default(false),
    email: z.boolean().default(false),
    /** Names, birth date and address come from an identity document: such a person may be matched to records. */
    identity: z.boolean().default(false),
  })
  .prefault({})

/**
 * Configuration of a standard OpenID provider as upstream. An http issuer is accepted on loopback only; a production
 * configuration refuses it altogether (`config/schema.ts`). Times are in milliseconds, sizes in bytes.
 */
export const oidcConfigSchema = z.strictObject({
  kind: z.literal('oidc'),
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** What the pages call it; its id unless given. */
  name: displayNameSchema.exactOptional(),
  issuer: issuerSchema,
  clientId: z.string().min(1),
  authentication,
  scope: z
    .string()
    .refine(value => value.split(' ').includes('openid'), 'must include openid')
    .default('openid profile email phone address'),
  acr: acrMap,
  /** The one algorithm ID tokens may be signed with; never `none` or a MAC. */
  idTokenAlg: z.enum(['RS256', 'ES256']).default('RS256'),
  verified,
  /** When userinfo is asked beside the ID token: `if-needed` is when name or birth date are not in it. */
  userinfo: z.enum(['never', 'if-needed', 'always']).default('if-needed'),
  timeouts: z.strictObject({ callMs: milliseconds.default(3000), totalMs: milliseconds.default(6000) }).prefault({}),
  /** Largest token or userinfo answer that is looked at. */
  maxTokenBytes: z.int().min(1024).default(16_384),
  /** How far the upstream's clock may be off, in seconds. */
  clockToleranceSeconds: z.int().min(0).max(60).default(10),
})

/** A configuration of an OpenID provider that passed, defaults filled in. */
export type OidcConfig = z.output<typeof oidcConfigSchema>

import { z } from 'zod'
import { ACRS, type Acr } from '#src/kernel/identity.ts'
import { displayNameSchema } from '#src/upstream/openid/display-name.ts'
import { issuerSchema } from '#src/upstream/transport/callable-url.ts'

const BASIC: Acr = 'urn:pias:acr:basic'
const ADVANCED: Acr = 'urn:pias:acr:advanced'

const issuer = issuerSchema.refine(value => !value.endsWith('/'), 'must have no trailing slash')

const acr = z.enum(ACRS)
const code = z.string().regex(/^[\w.-]{1,100}$/, 'must be a service code as itsme gave it, without "service:"')
const milliseconds = z.int().positive()
const written = z.string().trim().min(1)

/** itsme's levels, both ways. Its v2 spells the path `/v2/` and `/V2/`, v1 used a tag. */
const acrMap = z
  .strictObject({
    /** What to put in `acr_values` for each of PIAS's levels. */
    request: z.partialRecord(acr, z.string()).default({
      [BASIC]: 'http://itsme.services/v2/claim/acr_basic',
      [ADVANCED]: 'http://itsme.services/v2/claim/acr_advanced',
    }),
    /** What each `acr` of itsme means; one that is not listed is refused. */
    accept: z.record(z.string(), acr).default({
      'http://itsme.services/v2/claim/acr_basic': BASIC,
      'http://itsme.services/V2/claim/acr_basic': BASIC,
      'tag:sixdots.be,2016-06:acr_basic': BASIC,
      'http://itsme.services/v2/claim/acr_advanced': ADVANCED,
      'http://itsme.services/V2/claim/acr_advanced': ADVANCED,
      'tag:sixdots.be,2016-06:acr_advanced': ADVANCED,
    }),
    /** What an ID token without `acr` means. The vendor's current examples show none; basic is the least itsme does. */
    absent: z.union([acr, z.literal('refuse')]).default(BASIC),
  })
  .prefault({})

/**
 * Configuration of itsme as upstream. An http issuer is accepted on loopback only; a production configuration refuses
 * it altogether (`config/schema.ts`). Times are in milliseconds, sizes in bytes.
 */
export const itsmeConfigSchema = z.strictObject({
  kind: z.literal('itsme'),
  id: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('itsme'),
  /** What the pages call it. */
  name: displayNameSchema.default('itsme'),
  issuer,
  clientId: z.string().min(1),
  /** One service code per purpose; itsme chooses the user's journey by it. */
  serviceCodes: z.strictObject({ login: code, registration: code, confirmation: code }),
  acr: acrMap,
  /**
   * Whether requests go in a signed and encrypted object, by value or by reference (RFC 9101). Confirmation always has
   * one: itsme takes none without.
   */
  requestObject: z.enum(['off', 'request', 'request_uri']).default('off'),
  /**
   * The decision that the law allows the national number to be processed: which law, who decided, and when. Without it
   * the number is not requested, and dropped when it comes (law of 8 August 1983, 8).
   */
  nationalNumber: z
    .strictObject({ legalBasis: written, decidedBy: written, decidedAt: z.iso.date('must be a date, as 2026-03-14') })
    .exactOptional(),
  timeouts: z.strictObject({ callMs: milliseconds.default(3000), totalMs: milliseconds.default(6000) }).prefault({}),
  /** Largest token or userinfo answer that is looked at. */
  maxTokenBytes: z.int().min(1024).default(16_384),
  /** JWE algorithms a token may come in; nothing else is decrypted. */
  allowedEncryption: z
    .strictObject({
      alg: z
        .array(z.enum(['RSA-OAEP-256', 'RSA-OAEP']))
        .min(1)
        .default(['RSA-OAEP-256', 'RSA-OAEP']),
      enc: z
        .array(z.enum(['A128CBC-HS256', 'A256GCM']))
        .min(1)
        .default(['A128CBC-HS256', 'A256GCM']),
    })
    .prefault({}),
  /** How far itsme's clock may be off, in seconds. */
  clockToleranceSeconds: z.int().min(0).max(60).default(10),
})

/** A configuration of itsme that passed, defaults filled in. */
export type ItsmeConfig = z.output<typeof itsmeConfigSchema>

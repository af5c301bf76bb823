import { z } from 'zod'

const scopeName = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'must be a scope token (RFC 6749, 3.3)')
const clientIds = z.array(z.string().min(1)).default([])
const words = z.string().min(1).max(200)

/** A resource indicator (RFC 8707, 2): an absolute URI without a fragment, compared letter by letter. */
const audience = z.string().refine(value => {
  const url = URL.parse(value)
  return url !== null && url.protocol === 'https:' && !value.includes('#') && url.username === ''
}, 'must be an https URI without fragment or credentials')

const scope = z.strictObject({
  name: scopeName,
  /** What a person reads when consent is asked. */
  description: z.strictObject({ nl: words, fr: words, de: words, en: words }),
  /** `health`: data on health, which PIAS's own apps are asked for, too (GDPR, 9). */
  consent: z.enum(['health', 'by-client']).default('by-client'),
})

/** Calls to this API that another API makes for the person it was called for (RFC 8693). */
const exchange = z.strictObject({ audience, scopes: z.array(scopeName).min(1) })

/** Scopes that are not an API's to give. */
const RESERVED = new Set(['openid', 'offline_access', 'profile', 'email', 'phone', 'address', 'customer'])

/**
 * One API that tokens are issued for, as its file describes it. Unknown fields are errors, so that a typing error is not
 * silently a default.
 */
export const apiMetadataSchema = z
  .strictObject({
    audience,
    name: z.string().min(1).max(80),
    scopes: z.array(scope).min(1),
    /** `jwt` (RFC 9068) lives five minutes and is checked by the API itself; `opaque` is introspected and ends at once. */
    access_token_format: z.enum(['jwt', 'opaque']).default('jwt'),
    /** Clients that are this API: they may introspect its tokens, and exchange them for those of other APIs. */
    clients: clientIds,
    exchanges: z.array(exchange).default([]),
  })
  .superRefine((api, context) => {
    const own = new Set(api.scopes.map(({ name }) => name))
    const fail = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (own.size !== api.scopes.length) fail(['scopes'], 'must not name a scope twice')
    for (const name of own) if (RESERVED.has(name)) fail(['scopes'], `${name} is not an API's scope`)
    for (const [index, { scopes }] of api.exchanges.entries()) {
      const foreign = scopes.filter(name => !own.has(name))
      if (foreign.length > 0) fail(['exchanges', index], `${foreign.join(', ')} is no scope of this API`)
    }
    if (api.exchanges.length > 0 && api.access_token_format !== 'jwt') {
      fail(['exchanges'], 'are for access_token_format jwt')
    }
  })

/** An API that passed. */
export type ApiMetadata = z.infer<typeof apiMetadataSchema>

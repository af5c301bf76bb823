import { z } from 'zod'

const MAX_PREFIX = 64

/** Complains about a URL that is none, or says more than `parts` allows, without ever repeating it: it may hold a password. */
const redisUrl = (parts: { database: boolean }) =>
  z.string().superRefine((value, context) => {
    const fail = (message: string) => context.addIssue({ code: 'custom', message })
    const url = URL.parse(value)
    if (url === null) return fail('is not a URL')
    if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return fail('must begin with redis:// or rediss://')
    if (url.hostname === '') return fail('names no host')
    if (url.search !== '' || url.hash !== '') return fail('must have no query and no fragment')
    if (!/^\/?\d*$/.test(url.pathname)) return fail('may have a database number as its path, nothing else')
    if (!parts.database && /[1-9]/.test(url.pathname)) return fail('must name no database')
  })

/**
 * Where Redis 7+ or Valkey is. Passwords are part of the URLs, so that there is one secret to keep.
 *
 * - `url` alone: one server. `redis[s]://[user:password@]host[:port][/database]`; `rediss` is TLS.
 * - with `sentinels` (their URLs): the primary that these Sentinels name for the group `url`'s host names.
 * - with `clusterNodes` (`host:port` of others to begin with): the Cluster that `url` is a node of.
 */
export const redisConfigSchema = z
  .strictObject({
    url: redisUrl({ database: true }),
    sentinels: z
      .array(redisUrl({ database: false }))
      .min(1)
      .optional(),
    clusterNodes: z.array(z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port')).optional(),
    /** What every key begins with; one Redis may serve several issuers. No braces: keys must spread over a Cluster. */
    keyPrefix: z
      .string()
      .max(MAX_PREFIX)
      .regex(/^[\w.:-]*$/, 'may have letters, digits and _ . : - only')
      .default('pias:'),
    /** For `rediss`: files in PEM with the authority to trust instead of the system's, and with this client's identity. */
    tls: z
      .strictObject({
        caFile: z.string().min(1).optional(),
        certFile: z.string().min(1).optional(),
        keyFile: z.string().min(1).optional(),
      })
      .optional(),
  })
  .superRefine((config, context) => {
    const fail = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    const { url, sentinels, clusterNodes, tls } = config
    if (sentinels && clusterNodes) fail('clusterNodes', 'cannot be set together with sentinels')
    if (clusterNodes && /\/[1-9]/.test(URL.parse(url)?.pathname ?? ''))
      fail('url', 'must name no database: a Cluster has one')
    if (tls && !url.startsWith('rediss:')) fail('tls', 'needs a url that begins with rediss://')
  })

/** Where Redis is, as it was configured. */
export type RedisConfig = z.output<typeof redisConfigSchema>

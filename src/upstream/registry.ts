import { z } from 'zod'
import type { WatchedKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { itsmeConfigSchema } from '#src/upstream/itsme/config.ts'
import { oidcConfigSchema } from '#src/upstream/oidc/config.ts'
import { KNOWN_AMR } from './openid/known-amr.ts'
import type { UpstreamIdp } from './port.ts'
import type { PublishedByUpstream } from './public-routes.ts'
import { type CallHealth, type CallWatch, createCallWatch } from './transport/call-health.ts'

/**
 * What every kind of upstream is given. `issuer` is PIAS's own. `fetch` is for all calls it makes; `httpFetch` by
 * default.
 */
export type UpstreamDeps = {
  readonly issuer: string
  readonly keys: KeysPort
  /** How long one of PIAS's keys is in use, in milliseconds, where a kind rotates them. */
  readonly rotateKeysEveryMs: number
  readonly artifacts: ArtifactsPort
  readonly clock: Clock
  readonly logger: Logger
  readonly fetch?: typeof globalThis.fetch
  readonly watch?: CallWatch
}

/** What a kind opens: the upstream, what it must be able to fetch from PIAS, and keys that rotate where it has some. */
type Opened = PublishedByUpstream & { readonly idp: UpstreamIdp; readonly keyRing?: WatchedKeyRing }

/**
 * An upstream in use; `name` is what the pages call it, `kind` in which dress its button goes. `health` tells how this
 * node's calls to it go.
 */
export type Upstream = Opened & {
  readonly kind: keyof typeof KINDS
  readonly name: string
  readonly health: () => CallHealth
}

type Kind<Schema extends z.ZodObject> = {
  readonly schema: Schema
  /** Loads the kind's code and driver on first use: what is not configured is never imported. */
  readonly load: () => Promise<(config: z.output<Schema>, deps: UpstreamDeps) => Promise<Opened>>
}

/** Ties a kind's configuration to its opening, so that the map below stays typed without naming every kind twice. */
const kind = <Schema extends z.ZodObject>({ schema, load }: Kind<Schema>) => ({
  schema,
  open: async (config: unknown, deps: UpstreamDeps): Promise<Opened> => (await load())(schema.parse(config), deps),
})

/** Every kind of upstream; another one is a folder beside `itsme/` and a line here. */
const KINDS = {
  itsme: kind({
    schema: itsmeConfigSchema,
    load: async () => (await import('#src/upstream/itsme/connect.ts')).openItsme,
  }),
  oidc: kind({
    schema: oidcConfigSchema,
    load: async () => (await import('#src/upstream/oidc/connect.ts')).openOidc,
  }),
}

type Schema = (typeof KINDS)[keyof typeof KINDS]['schema']

const upstreamConfigSchema = z.discriminatedUnion(
  'kind',
  Object.values(KINDS).map(({ schema }) => schema) as [Schema, ...Schema[]],
)

/** Configuration of all upstreams, by id; the id is also in the callback's path, so it is kept plain. */
export const upstreamsConfigSchema = z
  .record(z.string().regex(/^[a-z0-9-]+$/), upstreamConfigSchema)
  .refine(upstreams => Object.keys(upstreams).length > 0, 'at least one upstream is needed')
  .superRefine((upstreams, context) => {
    for (const [id, upstream] of Object.entries(upstreams)) {
      // A session tells by whom it came about among its methods: a login by one of them would pass for one by this upstream.
      if (KNOWN_AMR.has(id))
        context.addIssue({
          code: 'custom',
          path: [id],
          message: 'is the name of a method of authentication (RFC 8176)',
        })
      if (upstream.id === id) continue
      context.addIssue({
        code: 'custom',
        path: [id, 'id'],
        message: `must be "${id}", the name it is configured under`,
      })
    }
  })

export type UpstreamsConfig = z.output<typeof upstreamsConfigSchema>

/**
 * Opens the configured upstreams. Nothing is asked of them yet, so an upstream that is down does not stop the start.
 * @returns by id
 */
export const openUpstreams = async (
  configs: UpstreamsConfig,
  deps: UpstreamDeps,
): Promise<ReadonlyMap<string, Upstream>> => {
  const opened = await Promise.all(
    Object.entries(configs).map(async ([id, config]) => {
      const watch = createCallWatch(deps)
      const opened = await KINDS[config.kind].open(config, { ...deps, watch })
      return [id, { ...opened, kind: config.kind, name: config.name ?? id, health: watch.view }] as const
    }),
  )
  return new Map(opened)
}

import { z } from 'zod'
import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { httpSourceSchema } from './http/config.ts'
import { joinSources } from './join-sources.ts'
import type { CustomerSource } from './port.ts'

/** What a customer source may be given. */
export type CustomerSourceDeps = {
  readonly customers: CustomersPort
  readonly toComparablePerson: (record: CustomerRecord) => ComparablePerson
  readonly clock: Clock
  readonly logger: Logger
}

const snapshotSchema = z.strictObject({ kind: z.literal('snapshot') })

/** Configuration of one source: the schemas of all kinds, told apart by `kind`. */
const sourceConfigSchema = z.union([snapshotSchema, httpSourceSchema])
type SourceConfig = z.output<typeof sourceConfigSchema>

/** Configuration of the customer records: which sources logins are matched against; by default the feed held in the store. */
export const customersConfigSchema = z
  .strictObject({
    sources: z
      .array(sourceConfigSchema)
      .min(1)
      .default([{ kind: 'snapshot' }]),
  })
  .prefault({})

type Open<Kind> = (config: Extract<SourceConfig, { kind: Kind }>, deps: CustomerSourceDeps) => Promise<CustomerSource>

/**
 * Every kind of customer source, by the name configuration uses. Loaded when first opened, so that a source costs
 * nothing where it is not used.
 */
const CUSTOMER_SOURCES: { readonly [Kind in SourceConfig['kind']]: Open<Kind> } = {
  snapshot: async (_, deps) => (await import('#src/customers/snapshot/snapshot-source.ts')).createSnapshotSource(deps),
  http: async (config, deps) =>
    (await import('#src/customers/http/http-source.ts')).createHttpSource({ ...deps, config }),
}

/**
 * Opens the sources that logins are matched against, joined to one.
 * @throws PiasError `config.unreadable` when the secret of one cannot be read
 */
export const openCustomerSources = async (
  { sources }: z.output<typeof customersConfigSchema>,
  deps: CustomerSourceDeps,
): Promise<CustomerSource> =>
  joinSources(
    await Promise.all(sources.map(config => (CUSTOMER_SOURCES[config.kind] as Open<string>)(config as never, deps))),
  )

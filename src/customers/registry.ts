import { z } from 'zod'
import type { ComparablePerson, CustomerRecord, ServiceLine } from '#src/kernel/customer.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { CustomersPort } from '#src/store/ports/customers.ts'
import { httpSourceFaults, httpSourceSchema } from './http/config.ts'
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

/** What the configuration of a source has to agree with. */
export type SourceSurroundings = { readonly environment: 'development' | 'production'; readonly deadlineMs: number }

/** What is wrong with the configuration of a source: the field, and why. */
export type SourceFault = { readonly field: string; readonly message: string }

type Kind<Name, Of = Extract<SourceConfig, { kind: Name }>> = {
  readonly open: (config: Of, deps: CustomerSourceDeps) => Promise<CustomerSource>
  readonly faults?: (config: Of, around: SourceSurroundings) => readonly SourceFault[]
  /** The service line whose system tells of no changes, so that it is asked for linked records in turn (ADR 0098). */
  readonly silentLine?: (config: Of) => ServiceLine
}

/**
 * Every kind of customer source, by the name configuration uses: all that the rest of PIAS knows of it. Loaded when first
 * opened, so that a source costs nothing where it is not used.
 */
const CUSTOMER_SOURCES: { readonly [Name in SourceConfig['kind']]: Kind<Name> } = {
  snapshot: {
    open: async (_, deps) => (await import('#src/customers/snapshot/snapshot-source.ts')).createSnapshotSource(deps),
  },
  http: {
    open: async (config, deps) =>
      (await import('#src/customers/http/http-source.ts')).createHttpSource({ ...deps, config }),
    faults: httpSourceFaults,
    silentLine: ({ serviceLine }) => serviceLine,
  },
}

const kindOf = ({ kind }: SourceConfig) => CUSTOMER_SOURCES[kind] as Kind<string, SourceConfig>

type CustomersConfig = z.output<typeof customersConfigSchema>

/** What is wrong with sources in the configuration that they stand in; `at` tells which of them. */
export const sourceFaults = (
  { sources }: CustomersConfig,
  around: SourceSurroundings,
): readonly (SourceFault & { readonly at: number })[] =>
  sources.flatMap((config, at) => (kindOf(config).faults?.(config, around) ?? []).map(fault => ({ at, ...fault })))

/** The service lines whose systems are asked for linked records in turn. */
export const silentLines = ({ sources }: CustomersConfig): ReadonlySet<ServiceLine> =>
  new Set(sources.flatMap(config => kindOf(config).silentLine?.(config) ?? []))

/**
 * Opens the sources that logins are matched against, joined to one.
 * @throws PiasError `config.unreadable` when the secret of one cannot be read
 */
export const openCustomerSources = async (
  { sources }: CustomersConfig,
  deps: CustomerSourceDeps,
): Promise<CustomerSource> => joinSources(await Promise.all(sources.map(config => kindOf(config).open(config, deps))))

import { z } from 'zod'

/** Complains about a URL without ever repeating it: it may hold a password. Several hosts make it no URL of the WHATWG's. */
const mongoUrl = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\/[^\s/]+/, 'must begin with mongodb:// or mongodb+srv:// and name a host')

/**
 * Where MongoDB 6+ is: a replica set or a sharded cluster, as its transactions need. User, password and TLS are part of
 * the URL, so that there is one secret to keep.
 */
export const mongoConfigSchema = z.strictObject({
  url: mongoUrl,
  /** The database; several issuers may share one MongoDB. */
  database: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'may have letters, digits, _ and - only')
    .default('pias'),
})

/** Where MongoDB is, as it was configured. */
export type MongoConfig = z.output<typeof mongoConfigSchema>

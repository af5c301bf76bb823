import { z } from 'zod'
import { verifierSchema } from '#src/accounts/credentials/verifier/config.ts'
import { alarmsConfigSchema } from '#src/alarms/config.ts'
import { kekConfigSchema } from '#src/crypto/kek/config.ts'
import { customersConfigSchema, sourceFaults } from '#src/customers/registry.ts'
import { isNetwork } from '#src/kernel/address-ranges.ts'
import { SERVICE_LINES } from '#src/kernel/customer.ts'
import { ACRS } from '#src/kernel/identity.ts'
import { messagesConfigSchema, outboxesOf } from '#src/messaging/config.ts'
import { storeConfigSchema } from '#src/store/registry.ts'
import { upstreamsConfigSchema } from '#src/upstream/registry.ts'
import { pagesConfigSchema } from './pages-schema.ts'
import { registrationConfigSchema } from './registration-schema.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a URL is plain HTTP to this very machine, the only place where HTTP is allowed (RFC 8252, 8.3). */
const isLoopbackHttp = (url: string): boolean => {
  const parsed = URL.parse(url)
  return parsed?.protocol === 'http:' && LOOPBACK.has(parsed.hostname)
}

/** An issuer identifier: https, or http on loopback; no query, fragment, credentials, path or trailing slash. */
const issuer = z.string().superRefine((value, context) => {
  const url = URL.parse(value)
  const fail = (message: string) => context.addIssue({ code: 'custom', message })
  if (url === null) return fail('is not a URL')
  if (url.protocol !== 'https:' && !isLoopbackHttp(value)) return fail('must be https (http only on loopback)')
  if (url.origin !== value) return fail(`must be an origin without path or trailing slash, such as ${url.origin}`)
})

const seconds = z.int().positive()

/** Lifetimes in seconds. A Grant outlives every refresh chain that hangs on it. */
const lifetimes = z
  .strictObject({
    authorizationCode: seconds.max(60).default(60),
    deviceCode: seconds.max(3600).default(600),
    accessToken: seconds.default(600),
    idToken: seconds.default(600),
    refreshToken: seconds.default(14 * 24 * 3600),
    grant: seconds.default(365 * 24 * 3600),
    session: seconds.default(12 * 3600),
    interaction: seconds.default(1800),
  })
  .prefault({})

/** When PIAS's keys follow each other, in seconds (docs/how-to-rotate-keys.md). */
const keyRotation = z
  .strictObject({
    /** How long a key is in use. */
    every: seconds.default(90 * 24 * 3600),
    /** How long a key is published before it signs: at least as long as apps may keep what is published. */
    publishAhead: seconds.default(24 * 3600),
    /** How long apps may keep the published keys. */
    jwksMaxAge: seconds.default(300),
    /** How often each node looks for new keys. */
    refresh: seconds.max(60).default(5),
  })
  .prefault({})
  .superRefine(({ every, publishAhead, jwksMaxAge, refresh }, context) => {
    const fail = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    const least = jwksMaxAge + 2 * refresh
    if (publishAhead < least) fail('publishAhead', `must be at least jwksMaxAge and twice refresh: ${least}`)
    if (every < 2 * publishAhead) fail('every', `must be at least twice publishAhead: ${2 * publishAhead}`)
  })

/** Linking parameters. */
const matching = z
  .strictObject({
    /** Accepted probability that one automatic link is wrong. */
    errorBudget: z.number().gt(0).max(0.001).default(1e-4),
    /** Milliseconds one decision may take; a late or partial answer never links. */
    deadlineMs: z.int().positive().default(250),
    /** Records under one blocking key beyond which the key tells nothing. */
    limitPerKey: z.int().positive().default(400),
    /** Whether national numbers are compared; only where an upstream names the law that allows it. */
    nationalNumber: z.boolean().default(false),
  })
  .prefault({})

/** The admin plane: a listener of its own, where admins are. Off unless it has a port. */
const admin = z.strictObject({
  port: z.int().min(0).max(65535),
  /** Address to listen on; by default loopback. */
  host: z.string().min(1).optional(),
  /** Where it is reached, and who its tokens are for; by default this machine. */
  origin: issuer.optional(),
  /** Clients that send changes of customer records as they happen, and of which service lines (ADR 0093). */
  feeds: z
    .array(z.strictObject({ client: z.string().min(1), serviceLines: z.array(z.enum(SERVICE_LINES)).min(1) }))
    .refine(feeds => new Set(feeds.map(({ client }) => client)).size === feeds.length, 'must not name a client twice')
    .default([]),
})

/** Where metrics are scraped: a listener of its own. Off unless it has a port. */
const metrics = z.strictObject({
  port: z.int().min(0).max(65535),
  /** Address to listen on; by default loopback. */
  host: z.string().min(1).optional(),
})

/** What may be called of addresses that clients name: their keys, and where they are told of logouts (ADR 0047). */
const clientCalls = z
  .strictObject({
    /** Networks that are not public and may be called all the same, in CIDR notation. */
    privateNetworks: z.array(z.string().refine(isNetwork, 'must be a network such as 10.20.0.0/16')).default([]),
  })
  .prefault({})

/**
 * Requests a minute that are let through (ADR 0048). Generous: behind one address of a mobile network are thousands of
 * people, and an app may call for all of its own.
 */
const rateLimits = z
  .strictObject({
    address: z.int().positive().default(6000),
    network: z.int().positive().default(60_000),
    client: z.int().positive().default(120_000),
    account: z.int().positive().default(600),
  })
  .prefault({})

/** How long the audit trail is kept. */
const audit = z
  .strictObject({
    /** By default 13 months. */
    keepDays: z.int().min(30).default(396),
  })
  .prefault({})

/** Logins from before the upstream (docs/how-to-migrate-accounts.md). */
const oldLogin = z
  .strictObject({
    /** The level of a login with the old password alone. */
    acr: z.enum(ACRS).default('urn:pias:acr:low'),
    /** Whether somebody who came back from upstream may prove by it whose account is theirs. */
    asProof: z.boolean().default(false),
    /** The legacy system, asked about the passwords that PIAS has no hash of. */
    verifier: verifierSchema.exactOptional(),
    /** How many days it goes on after it was bound to the upstream. */
    graceDays: z.int().min(0).max(365).default(0),
  })
  .prefault({})

/** Passkeys, where an app's policy lets people log in by one. */
const passkeys = z
  .strictObject({
    /** The level of a login by a passkey: its person is there and known to the device, no upstream says so. */
    acr: z.enum(ACRS).default('urn:pias:acr:low'),
  })
  .prefault({})

/** The whole configuration of a node; every field has a default but `issuer`'s, which follows from the port. */
export const configSchema = z
  .strictObject({
    environment: z.enum(['development', 'production']).default('production'),
    issuer,
    server: z.strictObject({
      /** Address to listen on; by default loopback for an http issuer, else all. */
      host: z.string().min(1).optional(),
      port: z.int().min(0).max(65535),
      tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
      /** Trusted reverse proxies before PIAS: 0, or 1 that sets X-Forwarded-Proto and X-Forwarded-For. */
      proxyHops: z.int().min(0).max(1).default(0),
      /** Load beyond which requests are refused with 503. */
      maxInFlight: z.int().positive().default(200),
      maxEventLoopDelayMs: z.int().positive().default(200),
      /**
       * How long a node that is told to stop goes on serving while it says that it is not ready, in seconds, so that
       * balancers notice in time; by default 5 in production, else 0.
       */
      drainDelay: z.int().min(0).max(60).optional(),
      /** How long a node that starts waits for a store or a key-encryption key that does not answer, in seconds. */
      startPatience: z.int().min(0).max(600).default(30),
    }),
    dataDir: z.string().min(1),
    clientsDir: z.string().min(1),
    /** Folder of the files of APIs; none by default. */
    apisDir: z.string().min(1).optional(),
    logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** Secret that signs cookies; by default made once and kept in the store. At least 32 characters. */
    cookieKey: z.string().min(32).optional(),
    store: storeConfigSchema,
    kek: kekConfigSchema,
    upstreams: upstreamsConfigSchema,
    lifetimes,
    keyRotation,
    registration: registrationConfigSchema.optional(),
    /** By upstream: under which rules its word on a person was given (OpenID Connect for Identity Assurance). */
    identityAssurance: z
      .record(
        z.string(),
        z.strictObject({ trustFramework: z.string().min(1), assuranceLevel: z.string().min(1).optional() }),
      )
      .default({}),
    matching,
    customers: customersConfigSchema,
    oldLogin,
    passkeys,
    audit,
    alarms: alarmsConfigSchema,
    admin: admin.optional(),
    metrics: metrics.optional(),

    clientCalls,
    rateLimits,
    pages: pagesConfigSchema,
    messages: messagesConfigSchema,
  })
  .superRefine(({ customers, environment, matching: { deadlineMs } }, context) => {
    for (const { at, field, message } of sourceFaults(customers, { environment, deadlineMs })) {
      context.addIssue({ code: 'custom', path: ['customers', 'sources', at, field], message })
    }
  })
  .superRefine(({ upstreams, matching: { nationalNumber } }, context) => {
    if (!nationalNumber || Object.values(upstreams).some(one => 'nationalNumber' in one)) return
    const message = 'needs the legal basis at an upstream (upstreams.<id>.nationalNumber)'
    context.addIssue({ code: 'custom', path: ['matching', 'nationalNumber'], message })
  })
  .superRefine((config, context) => {
    const fail = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const https = config.issuer.startsWith('https:')
    if (config.server.tls !== undefined && !https) fail(['issuer'], 'must be https when PIAS serves TLS itself')
    if (https && config.server.tls === undefined && config.server.proxyHops === 0) {
      fail(['issuer'], 'https needs a certificate (server.tls) or a proxy in front (server.proxyHops: 1)')
    }
    const foreign = Object.keys(config.identityAssurance).filter(id => !(id in config.upstreams))
    for (const id of foreign) fail(['identityAssurance', id], 'is not one of the upstreams')
    if (config.environment !== 'production') return
    if (!https) fail(['issuer'], 'must be https in production')
    if (config.admin !== undefined && config.admin.origin?.startsWith('https:') !== true) {
      fail(['admin', 'origin'], 'must be given, and https, in production (PIAS_ADMIN_ORIGIN)')
    }
    if (config.kek.kind === 'file' && config.kek.file === undefined) {
      fail(['kek', 'file'], 'must be named in production (PIAS_KEK_FILE); npm run pias -- kek create FILE makes one')
    }
    for (const channel of outboxesOf(config.messages)) {
      fail(['messages', channel, 'kind'], 'must not be the outbox in production: it shows everybody every message')
    }
    for (const [id, upstream] of Object.entries(config.upstreams)) {
      if (!upstream.issuer.startsWith('https:')) fail(['upstreams', id, 'issuer'], 'must be https in production')
    }
  })

/** A configuration that passed: complete and consistent. */
export type Config = z.infer<typeof configSchema>

/** Where the admin plane is reached. */
export const adminOriginOf = ({ port, origin }: NonNullable<Config['admin']>): string =>
  origin ?? `http://localhost:${port}`

/** Whether a node listens on loopback only unless told otherwise: plain HTTP is for this machine alone. */
export const listensOnLoopback = ({ issuer, server }: Config): boolean => isLoopbackHttp(issuer) && !server.proxyHops

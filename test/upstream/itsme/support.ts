import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { startSimulator } from '#examples/itsme-simulator/server.ts'
import type { Acr, Approval, Locale, Purpose, VerifiedIdentity } from '#src/kernel/identity.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { createArtifacts } from '#src/store/sqlite/artifacts.ts'
import { openDatabase } from '#src/store/sqlite/database.ts'
import { createGroupCommit } from '#src/store/sqlite/group-commit.ts'
import { migrate } from '#src/store/sqlite/migrate.ts'
import { EXPIRING_MIGRATIONS } from '#src/store/sqlite/schema.ts'
import { createRequestObjectShelf } from '#src/upstream/itsme/authorization/request-object-shelf.ts'
import { itsmeConfigSchema } from '#src/upstream/itsme/config.ts'
import { createItsme } from '#src/upstream/itsme/connect.ts'
import { createItsmeKeys, type ItsmeKeys } from '#src/upstream/itsme/keys.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'
import { createUpstreamRoutes } from '#src/upstream/public-routes.ts'
import { upstreamUrls } from '#src/upstream/public-urls.ts'
import { memoryKeys } from '#test/support/memory-keys.ts'

export const CLIENT_ID = 'TESTPARTNER'
export const CALLBACK = 'http://127.0.0.1:9/callback/itsme'
export const SERVICE_CODES = { login: 'T_LOGIN', registration: 'T_REGISTRATION', confirmation: 'T_CONFIRMATION' }

/** PIAS's keys at itsme, new ones unless they are in the store given. */
export const testKeys = (deps: { keys?: KeysPort; clock?: Clock; upstream?: string } = {}): Promise<ItsmeKeys> =>
  createItsmeKeys({ keys: memoryKeys(), clock: Date.now, upstream: 'itsme', everyMs: 90 * 86_400_000, ...deps })

/** The artifacts port, kept in memory by the embedded store. */
export const memoryArtifacts = (clock: Clock = Date.now): ArtifactsPort => {
  const database = openDatabase(':memory:', { synchronous: 'NORMAL', busyTimeoutMs: 0 })
  migrate(database, EXPIRING_MIGRATIONS)
  return createArtifacts(database, createGroupCommit(database), clock)
}

/** The part of PIAS that itsme calls: its keys, and request objects. */
const serveItsme = async (keys: ItsmeKeys) => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const urls = upstreamUrls(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'itsme')
  const shelf = createRequestObjectShelf({ artifacts: memoryArtifacts(), prefix: urls.requestPrefix })
  const published = { publicJwks: keys.publicJwks, takeRequestObject: shelf.take }
  server.on('request', new Koa().use(createUpstreamRoutes(new Map([['itsme', published]])).routes()).callback())
  return { server, urls, shelf }
}

type LegInput = { purpose?: Purpose; approval?: Approval; locale?: Locale; acr?: Acr }

/** One begun leg: where the browser goes, and how to end it. */
export type Leg = {
  readonly redirectTo: URL
  readonly complete: (
    callback: URL,
    changes?: Partial<Parameters<UpstreamIdp['complete']>[0]>,
  ) => Promise<VerifiedIdentity>
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** The simulator, a partner known to it, and that partner's connector. All real, all in this process. */
export const startWorld = async (options: { keys?: ItsmeKeys } = {}) => {
  const keys = options.keys ?? (await testKeys())
  const { server, urls, shelf } = await serveItsme(keys)
  const simulator = await startSimulator({
    port: 0,
    clients: [
      {
        clientId: CLIENT_ID,
        redirectUris: [CALLBACK],
        jwksUri: urls.jwks,
        requestUris: [urls.requestPrefix],
        scopes: ['profile', 'email', 'phone', 'address', 'eid'],
        serviceCodes: {
          [SERVICE_CODES.login]: { service: 'authentication' },
          [SERVICE_CODES.registration]: { service: 'identification' },
          [SERVICE_CODES.confirmation]: { service: 'confirmation' },
        },
      },
    ],
  })

  const control = async (action: string, body: object = {}): Promise<void> => {
    const response = await fetch(`${simulator.origin}/_sim/${action}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`)
  }

  /** A connector of its own, so that nothing it has cached reaches another test. */
  const connector = (
    options: { config?: object; keys?: ItsmeKeys; clock?: Clock; fetch?: typeof globalThis.fetch } = {},
  ) => {
    const warnings: object[] = []
    const silent = () => {}
    const logger: Logger = { debug: silent, info: silent, error: silent, warn: fields => void warnings.push(fields) }
    const config = itsmeConfigSchema.parse({
      kind: 'itsme',
      issuer: simulator.issuer,
      clientId: CLIENT_ID,
      serviceCodes: SERVICE_CODES,
      ...options.config,
    })
    const idp = createItsme({
      config,
      keys: options.keys ?? keys,
      clock: options.clock ?? Date.now,
      logger,
      shelf,
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    })

    const begin = async (input: LegInput = {}): Promise<Leg> => {
      const state = `attempt.${crypto.randomUUID()}`
      const departure = await idp.begin({
        purpose: input.purpose ?? 'login',
        ...(input.approval === undefined ? {} : { approval: input.approval }),
        locale: input.locale ?? 'nl',
        acr: input.acr,
        state,
        callbackUrl: CALLBACK,
      })
      return {
        redirectTo: new URL(departure.redirectTo),
        complete: (callback, changes = {}) =>
          idp.complete({ callback, state, callbackUrl: CALLBACK, handoff: departure.handoff, ...changes }),
      }
    }

    /** The browser: goes where it is sent, as a persona, and comes back. */
    const visit = async (leg: Leg, persona: string): Promise<URL> => {
      leg.redirectTo.searchParams.set('persona', persona)
      const response = await fetch(leg.redirectTo, { redirect: 'manual' })
      const location = response.headers.get('location')
      if (location === null) throw new Error(`the simulator answered ${response.status} without a redirect`)
      return new URL(location)
    }

    const logIn = async (persona: string, input: LegInput = {}): Promise<VerifiedIdentity> => {
      const leg = await begin(input)
      return leg.complete(await visit(leg, persona))
    }

    return { idp, begin, visit, logIn, warnings }
  }

  return {
    simulator,
    keys,
    urls,
    control,
    connector,
    close: async () => {
      await simulator.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Counts requests by path and lets a test answer some itself. */
export const recordingFetch = (answer: (path: string) => Response | undefined = () => undefined) => {
  const paths: string[] = []
  const recording: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(String(input))
    paths.push(pathname)
    return answer(pathname) ?? fetch(input, init)
  }
  return { fetch: recording, count: (path: string) => paths.filter(one => one === path).length }
}

/** The error a promise ends in. */
export const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

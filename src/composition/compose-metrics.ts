import type { RequestListener } from 'node:http'
import type { Middleware } from 'koa'
import type { AlarmsView } from '#src/alarms/create-alarms.ts'
import { ALARMS } from '#src/alarms/judge-alarms.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import { appOf } from '#src/clients/trial-clients.ts'
import type { WatchedKeyRing } from '#src/crypto/key-ring/watch-key-ring.ts'
import { measureRequests } from '#src/http/measure-requests.ts'
import type { Clock, Job } from '#src/kernel/runtime.ts'
import { createMatchingState } from '#src/linking/matching-state.ts'
import { RULE_VERSION } from '#src/matching/decide/rules.ts'
import { measureProcess } from '#src/operations/metrics/measure-process.ts'
import type { Meter } from '#src/operations/metrics/meter.ts'
import { timeCall, timeCalls } from '#src/operations/metrics/time-calls.ts'
import type { CountTokens } from '#src/provider/count-tokens.ts'
import { type CountedStep, decisionOf } from '#src/rollout/decision-counts.ts'
import type { Store } from '#src/store/ports/store.ts'
import type { UpstreamIdp } from '#src/upstream/port.ts'

/** Ports of what a click can redo; with `mongo-redis` they are in Redis, all others in MongoDB. */
const EXPIRING: ReadonlySet<string> = new Set(['artifacts', 'attempts', 'limits'] satisfies (keyof Store)[])

const systemOf = (store: 'sqlite' | 'mongo-redis', port: string): string => {
  if (store === 'sqlite') return 'sqlite'
  return EXPIRING.has(port) ? 'redis' : 'mongodb'
}

/** Open reviews are counted up to so many, and looked at again after so long. */
const MOST_REVIEWS = 500
const REVIEWS_MS = 60_000

/** An app that is none of ours: anybody may write an id. */
const UNKNOWN_CLIENT = 'unknown'

/** What is read when somebody asks. */
type Watched = {
  readonly keyRings: readonly WatchedKeyRing[]
  readonly store: Store
  readonly viewAlarms: () => Promise<Pick<AlarmsView, 'at' | 'alarms'>>
}

/** What the parts of a node tell of what they do. Without a listener for scrapers all of it does nothing, and wraps nothing. */
export type Metrics = {
  /** Answers on the listener of the scrapers, where there is one. */
  readonly handle?: RequestListener
  /** To add a metric of one's own; undefined where nobody would ask. */
  readonly meter: Meter | undefined
  readonly middleware: readonly Middleware[]
  readonly countStep: (at: { clientId: string; step: CountedStep; method: string }) => void
  readonly countDecision: (outcome: string, rule?: string) => void
  readonly countTokens: CountTokens
  readonly countRefusal: (code: string) => void
  readonly countLimit: (subject: string) => void
  readonly countMessage: (channel: string, outcome: string) => void
  readonly store: (store: Store) => Store
  readonly upstream: (idp: UpstreamIdp) => UpstreamIdp
  readonly job: (job: Job) => Job
  readonly watch: (of: Watched) => void
}

const nothing = (): void => {}
const same = <T>(value: T): T => value

const NO_METRICS: Metrics = {
  meter: undefined,
  middleware: [],
  countStep: nothing,
  countDecision: nothing,
  countTokens: nothing,
  countRefusal: nothing,
  countLimit: nothing,
  countMessage: nothing,
  watch: nothing,
  store: same,
  upstream: same,
  job: same,
}

/** Every metric of PIAS (docs/metrics.md holds the list), on a meter. */
const createMetrics = (
  meter: Meter,
  deps: { storeKind: 'sqlite' | 'mongo-redis'; clients: () => Pick<ClientRegistry, 'find'>; clock: Clock },
): Metrics => {
  const { counter, histogram, gauge } = meter
  const seconds = (name: string, of: string) => histogram({ name, help: `Duration of ${of}, in seconds` })
  const requests = seconds('http_server_request_duration_seconds', 'answered requests')
  const storeCalls = seconds('db_client_operation_duration_seconds', 'operations of the store')
  const legs = seconds('pias_upstream_duration_seconds', 'beginning and completing a leg at an upstream')
  const runs = seconds('pias_job_duration_seconds', 'runs of a job')
  const steps = counter({ name: 'pias_interaction_steps', help: 'People at each step of a login' })
  const matched = counter({ name: 'pias_matching_outcomes', help: 'How matching came out, acted on or only recorded' })
  const decisions = counter({ name: 'pias_link_decisions', help: 'Decisions on who somebody is' })
  const tokens = counter({ name: 'pias_tokens_issued', help: 'Answers of the token endpoint with tokens' })
  const refusals = counter({ name: 'pias_requests_refused', help: 'Requests that were refused, by code' })
  const limits = counter({ name: 'pias_limits_refused', help: 'Requests beyond a limit, by what is counted' })
  const messages = counter({ name: 'pias_messages', help: 'Messages given to a way out' })
  const clientOf = (id: string): string => (deps.clients().find(id) === undefined ? UNKNOWN_CLIENT : appOf(id))
  const errorOf = (error: string | undefined) => (error === undefined ? {} : { error_type: error })

  return {
    meter,
    middleware: [
      measureRequests((took, { method, route, status }) =>
        requests(took, {
          http_request_method: method,
          http_route: route,
          http_response_status_code: `${status}`,
        }),
      ),
    ],
    countStep: ({ clientId, step, method }) => {
      const decision = decisionOf(step)
      if (decision === undefined) return steps({ client: clientOf(clientId), step, method })
      matched({ client: clientOf(clientId), ...decision })
    },
    countDecision: (outcome, rule = RULE_VERSION) => decisions({ outcome, rule }),
    countTokens: (grant, clientId) => tokens({ grant: grant.split(':').at(-1) ?? '', client: clientOf(clientId) }),
    countRefusal: code => refusals({ code }),
    countLimit: subject => limits({ subject }),
    countMessage: (channel, outcome) => messages({ channel, outcome }),
    store: store =>
      Object.fromEntries(
        Object.entries(store).map(([port, calls]) => {
          if (typeof calls === 'function') return [port, calls]
          const db_system_name = systemOf(deps.storeKind, port)
          const ended = (name: string, took: number, error: string | undefined) =>
            storeCalls(took, { db_system_name, db_operation_name: `${port}.${name}`, ...errorOf(error) })
          return [port, timeCalls(calls, ended)]
        }),
      ) as Store,
    upstream: ({ id, ...calls }) => ({
      id,
      ...timeCalls(calls, (operation, took, error) =>
        legs(took, { upstream: id, operation, outcome: error?.replace('upstream.', '') ?? 'ok' }),
      ),
    }),
    job: job => ({
      ...job,
      run: timeCall(job.run, (took, error) =>
        runs(took, { job: job.name, outcome: error === undefined ? 'ok' : 'failed' }),
      ),
    }),
    watch: ({ keyRings, store, viewAlarms }) => {
      gauge({ name: 'pias_key_age_seconds', help: 'How long the key of a ring is in use, in seconds' }, () =>
        keyRings.flatMap(ring =>
          ring
            .keys()
            .filter(({ state }) => state === 'current')
            .map(({ since, jwk }) => ({
              value: (deps.clock() - since) / 1000,
              labels: { ring: ring.name, alg: `${jwk.alg}` },
            })),
        ),
      )
      let found = { at: Number.NEGATIVE_INFINITY, open: 0 }
      gauge({ name: 'pias_reviews_open', help: `Reviews that wait for people, ${MOST_REVIEWS} at most` }, async () => {
        const at = deps.clock()
        if (at - found.at > REVIEWS_MS) found = { at, open: (await store.reviews.list({ limit: MOST_REVIEWS })).length }
        return [{ value: found.open }]
      })
      gauge({ name: 'pias_alarms', help: 'Whether an alarm on linking is raised' }, async () => {
        const { at, alarms } = await viewAlarms()
        const raised = new Set(alarms.map(({ name }) => name))
        return at === 0 ? [] : ALARMS.map(alarm => ({ value: Number(raised.has(alarm)), labels: { alarm } }))
      })
      const matching = createMatchingState({ store, clock: deps.clock })
      gauge({ name: 'pias_customer_records', help: 'Customer records by service line' }, async () =>
        [...(await matching()).customers].map(([line, value]) => ({ value, labels: { service_line: line } })),
      )
      gauge(
        { name: 'pias_matching_drift', help: 'How far agreement in decisions is from what the model expects' },
        async () => (await matching()).drift.fields.map(({ field, drift }) => ({ value: drift, labels: { field } })),
      )
      gauge(
        { name: 'pias_matching_model_age_seconds', help: 'Since the model in force was trained, in seconds' },
        async () => {
          const { version, trainedAt } = (await matching()).model
          return trainedAt === undefined ? [] : [{ value: (deps.clock() - trainedAt) / 1000, labels: { version } }]
        },
      )
    },
  }
}

/** @param deps.listens whether there is a listener for scrapers; the library is loaded only then */
export const composeMetrics = async (
  deps: Parameters<typeof createMetrics>[1] & { listens: boolean },
): Promise<Metrics> => {
  if (!deps.listens) return NO_METRICS
  const { openPrometheus } = await import('#src/operations/metrics/open-prometheus.ts')
  const { meter, handle } = openPrometheus()
  measureProcess(meter)
  return { ...createMetrics(meter, deps), handle }
}

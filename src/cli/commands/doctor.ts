import { withStore } from '#src/cli/offline.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { openClientFiles } from '#src/clients/client-registry.ts'
import type { Config } from '#src/config/schema.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openMigrations } from '#src/store/registry.ts'

/** What a check found: fine, or what is wrong and what to do. */
type Finding = { readonly fine: string } | { readonly wrong: string; readonly fix: string }
type Check = { readonly what: string; readonly run: () => Promise<Finding> }

const TIMEOUT_MS = 5000
/** PIAS takes tokens of a clock that is so far off (security.md, B: clockTolerance). */
const CLOCK_MS = 10_000
const UNSEALED_MS = 60_000
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const fine = (text: string): Finding => ({ fine: text })
const wrong = (text: string, fix: string): Finding => ({ wrong: text, fix })

const get = async (url: string): Promise<{ status: number; date: string | null; json: Record<string, unknown> }> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: answer.status, date: answer.headers.get('date'), json }
}

/** Why a call failed: the name of the fault, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
const faultOf = (error: unknown): string => {
  const { cause, name } = error as { cause?: { code?: string }; name?: string }
  return cause?.code ?? name ?? 'unknown'
}

const discoveryOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`

const checkIssuer = ({ issuer }: Config): Check => ({
  what: 'PIAS at its issuer',
  run: async () => {
    const { status, json } = await get(discoveryOf(issuer))
    if (status === 421) return wrong('answers to another host', 'let the proxy pass the Host header on as it came')
    if (status !== 200) return wrong(`discovery answers ${status}`, 'start a node, or mend the way to it')
    if (json.issuer !== issuer)
      return wrong(`says that it is ${json.issuer}`, 'set PIAS_ISSUER to what the proxy serves')
    const endpoints = [json.authorization_endpoint, json.token_endpoint, json.jwks_uri].map(String)
    const foreign = endpoints.find(endpoint => !endpoint.startsWith(`${issuer}/`))
    return foreign === undefined ? fine(issuer) : wrong(`names ${foreign}`, 'let the proxy set X-Forwarded-Proto')
  },
})

const checkUpstream = (
  [id, { issuer }]: [string, Config['upstreams'][string]],
  clock: () => number,
): readonly Check[] => [
  {
    what: `upstream ${id}: discovery and keys`,
    run: async () => {
      const { status, json } = await get(discoveryOf(issuer))
      if (status !== 200) return wrong(`discovery answers ${status}`, `look at upstreams.${id}.issuer, and the way out`)
      if (json.issuer !== issuer) return wrong(`says that it is ${json.issuer}`, `correct upstreams.${id}.issuer`)
      const keys = (await get(`${json.jwks_uri}`)).json.keys
      return Array.isArray(keys) && keys.length > 0
        ? fine(`${keys.length} keys`)
        : wrong('has no keys', 'ask the upstream')
    },
  },
  {
    what: `clock, by upstream ${id}`,
    run: async () => {
      const { date } = await get(discoveryOf(issuer))
      const off = Math.abs(clock() - Date.parse(date ?? ''))
      if (Number.isNaN(off)) return fine('it does not tell the time')
      return off < CLOCK_MS ? fine('agrees') : wrong(`is ${Math.round(off / 1000)} s off`, 'set the clock by NTP')
    },
  },
]

const checkStore = (store: Store, config: Config, clock: () => number): readonly Check[] => [
  { what: 'store takes writes', run: async () => store.ping().then(() => fine(config.store.kind)) },
  {
    what: 'schema and indexes',
    run: async () => {
      const migrations = await openMigrations(config.store)
      if (migrations === undefined) return fine('kept by the store itself')
      try {
        const open = (await migrations.list()).filter(({ state }) => state !== 'done')
        return open.length === 0
          ? fine('up to date')
          : wrong(`${open.length} migrations are open`, 'run pias migrate up')
      } finally {
        await migrations.close()
      }
    },
  },
  {
    what: 'audit trail is sealed',
    run: async () => {
      const [oldest] = await store.auditChain.unsealed(1)
      const isLate = oldest !== undefined && clock() - oldest.at > UNSEALED_MS
      return isLate ? wrong(`not since ${new Date(oldest.at).toISOString()}`, 'start a node') : fine('within a minute')
    },
  },
]

const checkClientKeys = (clientId: string, uri: string): Check => ({
  what: `keys of the app ${clientId}`,
  run: async () => {
    const { status, json } = await get(uri)
    const keys = status === 200 && Array.isArray(json.keys) ? json.keys : []
    return keys.length > 0
      ? fine(`${keys.length} keys`)
      : wrong(`${uri} answers ${status} without keys`, 'tell its owner')
  },
})

/**
 * `doctor`: looks at what has to fit: the issuer and the proxy before it, the clock, the upstreams, the store, the keys of
 * apps. Exit code 2 when something does not. Changes nothing but the counter that tells whether the store takes writes.
 * @throws what the configuration and the store throw when they cannot be opened
 */
export const runDoctor = async (terminal: Terminal, { json }: { json?: true }): Promise<void> => {
  const { clock, stdout } = terminal
  const config = terminal.loadConfig()
  const files = openClientFiles({ dir: config.clientsDir, environment: config.environment, clock, logger: SILENT })
  await withStore({ terminal, dataDir: terminal.defaultDataDir }, async store => {
    const apps = files
      .all()
      .flatMap(({ client }) => (client.jwks_uri ? [checkClientKeys(client.client_id, client.jwks_uri)] : []))
    const checks = [
      checkIssuer(config),
      ...Object.entries(config.upstreams).flatMap(upstream => checkUpstream(upstream, clock)),
      ...checkStore(store, config, clock),
      ...apps,
    ]
    for (const { what, run } of checks) {
      const finding = await run().catch(error => wrong(`no answer (${faultOf(error)})`, 'look at the way to it'))
      if (json) stdout.write(`${JSON.stringify({ what, ...finding })}\n`)
      else
        stdout.write(
          'fine' in finding ? `ok    ${what}: ${finding.fine}\n` : `wrong ${what}: ${finding.wrong}; ${finding.fix}\n`,
        )
      if ('wrong' in finding) terminal.setExitCode(2)
    }
  })
}

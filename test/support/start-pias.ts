import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personaLines } from '#examples/customer-data/personas.ts'
import { type Simulator, startSimulator } from '#examples/itsme-simulator/server.ts'
import { compose, type Pias } from '#src/compose.ts'
import { loadConfig } from '#src/config/load.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { listen } from '#src/operations/listen.ts'
import type { ResolveName } from '#src/provider/outgoing/guarded-fetch.ts'
import { importLines } from './import-lines.ts'
import { type KeyProxy, startKeyProxy } from './key-proxy.ts'
import { createTestCertificate, type TestCertificate } from './test-certificate.ts'

/** The relying party of the tests; its secret is synthetic. */
export const TEST_CLIENT = {
  client_id: 'test-app',
  client_name: 'Synthetic test app',
  client_secret: 'a synthetic secret of enough characters',
  pias_first_party: true,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://127.0.0.1:9/callback'],
  post_logout_redirect_uris: ['http://127.0.0.1:9/'],
  scope: 'openid profile email phone address customer offline_access',
}

/** What the node logged; personal data must not be in it. */
type LogLine = { level: string; message: string; fields: object }

export type RunningPias = {
  readonly issuer: string
  readonly pias: Pias
  readonly simulator: Simulator
  /** Certificate to trust when the issuer is https. */
  readonly certificate: TestCertificate | undefined
  readonly dataDir: string
  readonly clientsDir: string
  readonly log: readonly LogLine[]
  /** Another node in its place, with more variables; the first must have been closed. */
  startAgain(env: Record<string, string>): Promise<RunningPias>
  close(): Promise<void>
}

/**
 * A whole PIAS in this process: real store in a folder of its own, real simulator, real sockets. The personas' records
 * are in the customer base.
 * @param options.clients client files beside {@link TEST_CLIENT}; all are PIAS's own apps unless they say otherwise
 */
export const startPias = async (
  options: { https?: boolean; clock?: Clock; clients?: object[]; config?: object; resolveName?: ResolveName } = {},
): Promise<RunningPias> => {
  const dir = mkdtempSync(join(tmpdir(), 'pias-test-'))
  const clientsDir = mkdtempSync(join(dir, 'clients-'))
  for (const [index, one] of [TEST_CLIENT, ...(options.clients ?? [])].entries()) {
    const client = { pias_first_party: true, ...one }
    writeFileSync(join(clientsDir, `client-${index}.json`), JSON.stringify(client))
  }
  const certificate = options.https ? await createTestCertificate(dir) : undefined

  let pias: Pias | undefined
  const handle = (request: IncomingMessage, response: ServerResponse): void => pias?.handle(request, response)
  const server = await listen(handle, { port: 0, loopback: true, tls: certificate })
  const issuer = `${options.https ? 'https' : 'http'}://localhost:${server.port}`
  const jwksUri = `${issuer}/upstream/itsme/jwks`
  const keyProxy: KeyProxy | undefined = certificate && (await startKeyProxy(jwksUri, certificate.pem))
  const simulator = await startSimulator({
    port: 0,
    clients: [
      {
        clientId: 'PIAS_DEMO',
        redirectUris: [`${issuer}/callback/itsme`],
        jwksUri: keyProxy?.url ?? jwksUri,
        serviceCodes: { PIAS_LOGIN: { service: 'authentication' } },
      },
    ],
  })

  const configFile = join(dir, 'pias.json')
  writeFileSync(configFile, JSON.stringify({ lifetimes: {}, ...options.config }))
  const env = {
    PIAS_CONFIG: configFile,
    PIAS_PORT: String(server.port),
    PIAS_ISSUER: issuer,
    PIAS_DATA_DIR: join(dir, 'data'),
    PIAS_CLIENTS_DIR: clientsDir,
    PIAS_UPSTREAM_ITSME_ISSUER: simulator.issuer,
    ...(certificate === undefined
      ? {}
      : { PIAS_TLS_CERT_FILE: certificate.certFile, PIAS_TLS_KEY_FILE: certificate.keyFile }),
  }
  const config = loadConfig({ root: dir, env })
  const log: LogLine[] = []
  const write = (level: string) => (fields: object, message: string) => {
    log.push({ level, message, fields })
  }
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const start = async (from: typeof config): Promise<Pias> => {
    const node = await compose(from, {
      clock: options.clock ?? Date.now,
      logger,
      ...(options.resolveName && { resolveName: options.resolveName }),
    })
    pias = node
    return node
  }
  const first = await start(config)
  await importLines(first.store, personaLines())

  const running: RunningPias = {
    issuer,
    pias: first,
    simulator,
    certificate,
    dataDir: config.dataDir,
    clientsDir,
    log,
    startAgain: async more => ({ ...running, pias: await start(loadConfig({ root: dir, env: { ...env, ...more } })) }),
    close: async () => {
      await server.close(0)
      await simulator.close()
      await keyProxy?.close()
      await pias?.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return running
}

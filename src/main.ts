import type { RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { compose, type Pias } from '#src/compose.ts'
import { loadConfig } from '#src/config/load.ts'
import { type Config, listensOnLoopback } from '#src/config/schema.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { startJobs } from '#src/operations/jobs.ts'
import { listen } from '#src/operations/listen.ts'
import { createLogger } from '#src/operations/logger.ts'

/** How long running requests may take once the node is told to stop, in milliseconds. */
const DRAIN_MS = 25_000

const drainDelayMs = ({ environment, server }: Config): number =>
  (server.drainDelay ?? (environment === 'production' ? 5 : 0)) * 1000

/** Opens the listeners that are not the public one, where they are configured: on loopback unless told otherwise. */
const listenBeside = async ({ admin, metrics, server }: Config, pias: Pias) => {
  const wanted = [
    { ...admin, handle: pias.handleAdmin, tls: server.tls },
    // Plain: scrapers are in the same network, and nothing of a person is in it.
    { ...metrics, handle: pias.handleMetrics, tls: undefined },
  ]
  return Promise.all(
    wanted.flatMap(({ port, host, handle, tls }) =>
      port === undefined || handle === undefined
        ? []
        : [listen(handle, { port, host, tls, loopback: host === undefined })],
    ),
  )
}

const start = async (): Promise<void> => {
  const config = loadConfig({ env: process.env, root: process.cwd() })
  const logger = createLogger(config.logLevel)
  const { port, host, tls } = config.server
  // The port comes first: a second start is told so before it touches any data.
  let handle: RequestListener = (_request, response) => response.writeHead(503, { 'Retry-After': '1' }).end()
  const loopback = listensOnLoopback(config)
  const server = await listen((request, response) => handle(request, response), { port, host, tls, loopback })
  const pias = await compose(config, { clock: Date.now, logger })
  handle = pias.handle
  const others = await listenBeside(config, pias)
  const jobs = startJobs(pias.jobs, { logger })
  let stopping = false
  const stop = async (): Promise<void> => {
    // Ctrl-C comes twice, from the terminal and from `npm`: the second must not cut off what the first lets end.
    if (stopping) return
    stopping = true
    pias.drain()
    await Promise.all([sleep(drainDelayMs(config)), jobs.stop()])
    await Promise.all([server, ...others].map(one => one.close(DRAIN_MS)))
    await pias.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Last: whoever reads it may stop the node at once, and that must let it end what runs.
  process.stdout.write(
    `${JSON.stringify({ ready: true, issuer: config.issuer, port: server.port, pid: process.pid })}\n`,
  )
}

/** What a person can mend is one line; anything else is a bug and shows where. */
const explain = (error: unknown): string | undefined =>
  error instanceof PiasError ? (error.detail ?? error.code).replaceAll(/\s+/g, ' ') : (error as Error).stack

try {
  await start()
} catch (error) {
  process.stderr.write(`PIAS cannot start: ${explain(error)}\n`)
  process.exit(1)
}

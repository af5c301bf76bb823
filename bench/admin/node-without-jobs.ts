import { compose } from '#src/compose.ts'
import { loadConfig } from '#src/config/load.ts'
import { listen } from '#src/operations/listen.ts'
import { createLogger } from '#src/operations/logger.ts'

/** A node that does nothing beside requests: what reaches the database is what a request asks, whatever jobs would do meanwhile. */
const config = loadConfig({ env: process.env, root: process.cwd() })
const pias = await compose(config, { clock: Date.now, logger: createLogger(config.logLevel) })
const handleAdmin = pias.handleAdmin
if (handleAdmin === undefined || config.admin === undefined) throw new Error('there is no admin plane')
const listeners = await Promise.all([
  listen(pias.handle, { port: config.server.port, loopback: true }),
  listen(handleAdmin, { port: config.admin.port, loopback: true }),
])
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
process.on('SIGTERM', async () => {
  await Promise.all(listeners.map(one => one.close(0)))
  await pias.close()
  process.exit(0)
})

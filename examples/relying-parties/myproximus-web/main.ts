/**
 * Runs MyProximus by itself. Environment: MYPROXIMUS_PORT (3200), MYPROXIMUS_HOST (127.0.0.1), MYPROXIMUS_BASE_URL
 * (http://localhost:<port>), MYPROXIMUS_ISSUER (http://localhost:3000), MYPROXIMUS_CLIENT_ID and
 * MYPROXIMUS_CLIENT_SECRET (those of client.json).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startMyProximus } from './server.ts'

const client = JSON.parse(readFileSync(join(import.meta.dirname, 'client.json'), 'utf8')) as {
  client_id: string
  client_secret: string
}
const { env } = process
const port = Number(env.MYPROXIMUS_PORT ?? 3200)

try {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error('MyProximus: MYPROXIMUS_PORT is no port')
  const running = await startMyProximus({
    port,
    host: env.MYPROXIMUS_HOST ?? '127.0.0.1',
    baseUrl: env.MYPROXIMUS_BASE_URL ?? `http://localhost:${port}`,
    issuer: env.MYPROXIMUS_ISSUER ?? 'http://localhost:3000',
    clientId: env.MYPROXIMUS_CLIENT_ID ?? client.client_id,
    clientSecret: env.MYPROXIMUS_CLIENT_SECRET ?? client.client_secret,
    onError: error => process.stderr.write(`MyProximus: ${(error as Error).message}\n`),
  })
  process.stdout.write(`MyProximus is ready at ${running.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close())
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}

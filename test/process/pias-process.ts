import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '#test/support/free-ports.ts'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { atApp, claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { type Running, startScript } from '#test/support/processes.ts'
import { TEST_CLIENT } from '#test/support/start-pias.ts'

/** The one line that PIAS writes on standard output. */
export type ReadyLine = { ready: true; issuer: string; port: number; pid: number }

/** PIAS as `npm run serve` starts it. */
export type PiasProcess = Running & { readonly ready: ReadyLine }

/** The environment of a PIAS that keeps its data and its clients in a folder; one client, {@link TEST_CLIENT}. */
export const environmentIn = (dir: string, env: Record<string, string> = {}): Record<string, string> => {
  const clients = join(dir, 'clients')
  mkdirSync(clients, { recursive: true })
  writeFileSync(join(clients, 'test-app.json'), JSON.stringify(TEST_CLIENT))
  return { PIAS_DATA_DIR: join(dir, 'data'), PIAS_CLIENTS_DIR: clients, PIAS_LOG_LEVEL: 'warn', ...env }
}

/** Starts PIAS and waits until it says that it is ready. */
export const startPiasProcess = async (env: Record<string, string>): Promise<PiasProcess> => {
  const running = startScript('src/main.ts', { env })
  return { ...running, ready: JSON.parse(await running.line(/./)) }
}

/** Starts the itsme simulator for one PIAS. */
export const startSimulatorProcess = async (options: {
  issuer: string
  port?: number
  env?: Record<string, string>
}): Promise<Running & { readonly upstream: string }> => {
  const { issuer, port = ((await freePorts(1)) as [number])[0], env = {} } = options
  const running = startScript('examples/itsme-simulator/main.ts', {
    env: {
      SIM_PORT: String(port),
      SIM_REDIRECT_URIS: `${issuer}/callback/itsme`,
      SIM_CLIENT_JWKS_URI: `${issuer}/upstream/itsme/jwks`,
      ...env,
    },
  })
  await running.line(/ready/)
  return { ...running, upstream: `http://127.0.0.1:${port}/v2` }
}

/**
 * Logs in without any page of PIAS; the claims of the ID token.
 * @param persona at itsme; without one, the browser must be logged in at PIAS already
 */
export const claimsOfLogin = async (issuer: string, browser: HttpBrowser, persona?: string) => {
  const app = createTestApp({ issuer })
  const request = app.authorize()
  const answers =
    persona === undefined ? await browser.follow(request.url, atApp) : await logIn(browser, request.url, persona)
  return claimsOf((await redeem(app, browser, answers, request)).id_token)
}

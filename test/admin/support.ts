import { listen } from '#src/operations/listen.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { createAdminLogins } from './admin-logins.ts'

/** A PIAS with its admin plane on a listener of its own. */
export type RunningAdmin = {
  readonly running: RunningPias
  readonly origin: string
  /** A token of an admin's login as this persona; somebody without a record is new. */
  login(persona: string, extra?: Record<string, string>): Promise<{ token: string; accountId: string }>
  /** Calls the API; the path begins after /api. */
  call(
    token: string | undefined,
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
  close(): Promise<void>
}

/** What an admin plane is started with: the clock of the node, client files, what is configured of the plane, and of the rest. */
export type AdminOptions = { clock?: () => number; clients?: object[]; admin?: object; config?: object }

export const startAdmin = async ({ admin, config, ...options }: AdminOptions = {}): Promise<RunningAdmin> => {
  let running: RunningPias | undefined
  const server = await listen((request, response) => running?.pias.handleAdmin?.(request, response), {
    port: 0,
    loopback: true,
  })
  const pias = await startPias({ ...options, config: { ...config, admin: { port: server.port, ...admin } } })
  running = pias
  const origin = `http://localhost:${server.port}`
  const http = createHttpBrowser()

  return {
    running: pias,
    origin,
    login: createAdminLogins({ issuer: pias.issuer, origin }).token,
    call: (token, method, path, { body, headers = {} } = {}) =>
      http.send(method, `${origin}/api${path}`, body === undefined ? undefined : JSON.stringify(body), {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      }),
    close: async () => {
      await server.close(0)
      await pias.close()
    },
  }
}

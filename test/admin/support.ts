import { ADMIN_CLIENT, ADMIN_SCOPE } from '#src/admin/admin-client.ts'
import { listen } from '#src/operations/listen.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { asPersona } from '#test/support/log-in.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'

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

/** @param options.clock of the node */
export const startAdmin = async (options: { clock?: () => number; clients?: object[] } = {}): Promise<RunningAdmin> => {
  let running: RunningPias | undefined
  const server = await listen((request, response) => running?.pias.handleAdmin?.(request, response), {
    ...{ port: 0, loopback: true },
  })
  const pias = await startPias({ ...options, config: { admin: { port: server.port } } })
  running = pias
  const origin = `http://localhost:${server.port}`
  const redirectUri = `${origin}/callback`
  const scope = `openid ${ADMIN_SCOPE}`
  const app = createPlainRelyingParty({ issuer: pias.issuer, clientId: ADMIN_CLIENT, redirectUri, scope })
  const http = createHttpBrowser()

  return {
    running: pias,
    origin,
    login: async (persona, extra = {}) => {
      const browser = createHttpBrowser()
      const request = app.authorize({ resource: origin, ...extra })
      const begun = await browser.get(request.url)
      const atApp = (location: string) => location.startsWith(redirectUri)
      const answers = await browser.follow(asPersona(begun.location, persona), atApp)
      const code = URL.parse(answers.at(-1)?.location ?? '')?.searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, resource: origin }
      const answer = await app.token(browser, { ...form, code_verifier: request.verifier })
      if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`)
      const { access_token: token } = answer.json<{ access_token: string }>()
      const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
      return { token, accountId: sub }
    },
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

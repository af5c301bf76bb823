import { createHttpBrowser } from '#test/support/http-browser.ts'
import { logIn, REDIRECT_URI } from '#test/support/log-in.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { setUpAuthlib, setUpGoOidc, startRelyingParty } from './stack.ts'

/** Setting a stack up fetches and builds it on a new machine. */
const SET_UP_MS = 600_000

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

/** Sends a browser through PIAS and the simulator; the address it would come back to the app by. */
const logInAt = async (url: string) => {
  const browser = createHttpBrowser()
  const answers = await logIn(browser, url, 'lotte')
  return { browser, callback: answers.at(-1)?.location ?? '' }
}

describe.each([
  ['Authlib (Python)', setUpAuthlib],
  ['go-oidc (Go)', setUpGoOidc],
] as const)('%s', (_name, setUp) => {
  test(
    'goes through discovery, code with PKCE, ID token, userinfo, refresh and logout',
    async () => {
      const client = startRelyingParty(await setUp())
      try {
        const { client_id, client_secret, post_logout_redirect_uris } = TEST_CLIENT
        const redirects = { redirect_uri: REDIRECT_URI, post_logout_redirect_uri: post_logout_redirect_uris[0] }
        client.tell(JSON.stringify({ issuer: running.issuer, client_id, client_secret, ...redirects }))

        const { authorize } = await client.next()
        expect(new URL(String(authorize)).searchParams.get('code_challenge_method')).toBe('S256')
        const { browser, callback } = await logInAt(String(authorize))
        expect(callback).toContain('code=')
        client.tell(callback)

        const { id_token: claims } = (await client.next()) as { id_token: Record<string, unknown> }
        expect(claims).toMatchObject({ iss: running.issuer, acr: expect.any(String), sub: expect.any(String) })
        const { userinfo } = await client.next()
        expect(userinfo).toMatchObject({ sub: claims.sub, given_name: expect.any(String), email: expect.any(String) })
        const { refresh } = await client.next()
        expect(refresh).toEqual({ sub: claims.sub, changed: true })

        const { logout, state } = await client.next()
        const asked = await browser.get(String(logout))
        expect(asked.status).toBe(200)
        const csrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
        const left = await browser.post(`${running.issuer}/session/end/confirm`, { xsrf: csrf, logout: 'yes' })
        expect(left.location).toBe(`${post_logout_redirect_uris[0]}?state=${state}`)
        const prompt = new URL(String(authorize))
        prompt.searchParams.set('prompt', 'none')
        const after = await browser.get(prompt.href)
        expect(new URL(after.location ?? '').searchParams.get('error')).toBe('login_required')
      } finally {
        client.stop()
      }
    },
    SET_UP_MS,
  )
})

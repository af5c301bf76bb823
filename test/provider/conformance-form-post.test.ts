import { createSuite } from '#test/support/conformance.ts'
import { type Answer, createHttpBrowser } from '#test/support/http-browser.ts'
import { claimsOf, REDIRECT_URI } from '#test/support/log-in.ts'
import { isOwnPage } from '#test/support/own-page.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/**
 * What the plan oidcc-formpost-basic-certification-test-plan checks beside the basic one: the same answers, by a page of
 * ours that submits itself (OAuth 2.0 Form Post Response Mode).
 */
const CLIENT = {
  ...TEST_CLIENT,
  client_id: 'form-post',
  pias_pkce_required: false,
  response_modes: ['query', 'form_post'],
}
const QUERY_ONLY = { ...CLIENT, client_id: 'query-only', response_modes: ['query'] }

let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [CLIENT, QUERY_ONLY] })
})
afterAll(() => running.close())

const suite = createSuite(() => running, CLIENT)
const FORM_POST = { response_mode: 'form_post' }

/** The form of the page, as the app will get it. */
const formOf = (page: Answer | undefined) => {
  const html = page?.body ?? ''
  const fields = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
  return {
    action: /<form method="post" action="([^"]*)" data-send="now">/.exec(html)?.[1],
    fields: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])) as Record<string, string>,
  }
}

test('the answer comes in the body of a POST, by our own page and under our policy', async () => {
  const { answers, request } = await suite.authorize(FORM_POST)
  const page = answers.at(-1)
  expect([page?.status, isOwnPage(page as never)]).toEqual([200, true])
  const { action, fields } = formOf(page)
  expect(action).toBe(REDIRECT_URI)
  expect(fields).toEqual({ code: expect.any(String), state: request.get('state'), iss: running.issuer })
  const policy = page?.headers['content-security-policy'] as string
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  // The browser holds every redirect after the POST against it.
  expect(policy).not.toContain('form-action')
  expect(page?.headers['cache-control']).toBe('no-store')
  const [, script = ''] = /<script src="([^"]+)"/.exec(page?.body ?? '') ?? []
  const { headers } = await createHttpBrowser().get(`${running.issuer}${script}`)
  expect(headers['content-type']).toMatch(/^text\/javascript/)
  const answer = await suite.exchange(fields.code)
  expect(claimsOf(answer.json<{ id_token: string }>().id_token).nonce).toBe(request.get('nonce'))
})

test.each([
  ['oidcc-response-type-missing', { response_type: undefined }, /^(invalid_request|unsupported_response_type)$/],
  ['oidcc-prompt-none-not-logged-in', { prompt: 'none' }, /^login_required$/],
])('%s: an error goes the same way', async (_module, more, error) => {
  const { answers, request } = await suite.authorize({ ...FORM_POST, ...more })
  const { action, fields } = formOf(answers[0])
  expect([action, fields.state, fields.iss]).toEqual([REDIRECT_URI, request.get('state'), running.issuer])
  expect(fields.error).toMatch(error)
})

test('oidcc-prompt-none-logged-in: with a session it is one page', async () => {
  const { browser } = await suite.authorize(FORM_POST)
  const again = await suite.authorize({ ...FORM_POST, prompt: 'none' }, browser)
  expect(again.answers).toHaveLength(1)
  expect(formOf(again.answers[0]).fields.code).toEqual(expect.any(String))
})

test('oidcc-ensure-registered-redirect-uri: nothing is posted to an address that is not registered', async () => {
  const { answers } = await suite.authorize({ ...FORM_POST, redirect_uri: 'https://evil.example/' })
  expect([answers[0]?.status, formOf(answers[0]).action]).toEqual([400, undefined])
})

test('a client whose file does not say so is refused in the query; nobody gets a fragment', async () => {
  const other = createSuite(() => running, QUERY_ONLY)
  for (const mode of ['form_post', 'fragment', 'query.jwt']) {
    const { callback } = await other.authorize({ response_mode: mode })
    expect([mode, callback.error]).toEqual([mode, 'unsupported_response_mode'])
  }
  expect((await suite.authorize({ response_mode: 'fragment' })).callback.error).toBe('unsupported_response_mode')
})

test('discovery names both modes and no other', async () => {
  const metadata = (await createHttpBrowser().get(`${running.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata.response_modes_supported).toEqual(['query', 'form_post'])
})

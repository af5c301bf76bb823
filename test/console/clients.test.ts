import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, type RunningConsole, startConsole } from './support.ts'

/** Apps and their rollout on the console, by its pages alone. */
let admin: RunningConsole
let owner: HttpBrowser

beforeAll(async () => {
  admin = await startConsole()
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

const read = async (path: string): Promise<string> => (await owner.get(`${admin.origin}${path}`)).body

test('the wizard tells what is wrong with its fix, registers once, and shows the secret once', async () => {
  expect(await read('/clients/new')).toContain('href="/clients/new?preset=web"')
  const page = '/clients/new?preset=web'
  const filled = {
    client_name: 'Synthetic <shop>',
    client_id: 'shop',
    redirect_uris: 'https://*.example/cb\nhttps://shop.example/cb',
  }
  const wrong = await admin.submit(owner, page, '/clients/new', filled)
  expect([wrong.status, wrong.body]).toEqual([
    422,
    expect.stringContaining('must not have a wildcard: list every address as it is'),
  ])
  // What was typed is there still, and nothing of it is markup.
  expect(wrong.body).toContain('value="Synthetic &lt;shop&gt;"')
  expect(wrong.body).toContain('https://shop.example/cb</textarea>')
  const json = await admin.submit(owner, page, '/clients/new', { ...filled, more: '{' })
  expect([json.status, json.body]).toEqual([422, expect.stringContaining('is not a JSON object')])

  const good = { ...filled, redirect_uris: 'https://shop.example/cb', more: '{"scope": "openid profile"}' }
  const checked = await admin.submit(owner, page, '/clients/new', good)
  expect([checked.status, checked.body]).toEqual([200, expect.stringContaining('use private_key_jwt with jwks_uri')])
  const hidden = filledIn(checked.body, '/clients/new/create')
  const send = () => owner.post(`${admin.origin}/clients/new/create`, Object.fromEntries(hidden))
  const made = await send()
  const [, secret = ''] = /<code translate="no">([\w-]{43})<\/code>/.exec(made.body) ?? []
  expect([made.status, secret]).toEqual([200, expect.stringMatching(/^[\w-]{43}$/)])
  // Pressed twice: nothing is made twice, and the secret is not told again.
  const again = await send()
  expect([again.status, again.body]).toEqual([409, expect.stringContaining('its secret was shown once')])
  expect(again.body).not.toContain(secret)

  const list = await read('/clients')
  expect(list).toContain('Synthetic &lt;shop&gt;')
  expect(await read('/clients/shop')).toContain('What might be better')
  expect(await read('/clients/shop/secrets')).not.toContain(secret)
})

test('kinds of apps whose tokens are bound to a key say so before anything is registered', async () => {
  for (const [preset, words] of [
    ['native', 'bound to the phone'],
    ['tv', 'proves a key of its own (DPoP) at each poll'],
  ] as const) {
    expect(await read('/clients/new')).toContain(words)
    expect(await read(`/clients/new?preset=${preset}`)).toContain(words)
  }
})

test('an app without a server calls PIAS from where people return to, unless its form says from where', async () => {
  const page = '/clients/new?preset=spa'
  const given = { client_name: 'Synthetic page', client_id: 'page', redirect_uris: 'https://page.example/app' }
  const checked = await admin.submit(owner, page, '/clients/new', given)
  expect([checked.status, checked.body]).toEqual([
    200,
    expect.stringMatching(/pias_origins[^}]*https:\/\/page\.example&/),
  ])
  const wrong = await admin.submit(owner, page, '/clients/new', { ...given, pias_origins: 'https://a.example/path' })
  expect([wrong.status, wrong.body]).toEqual([422, expect.stringContaining('must be written https://a.example')])
  const elsewhere = await admin.submit(owner, page, '/clients/new', { ...given, pias_origins: 'https://a.example' })
  const hidden = Object.fromEntries(filledIn(elsewhere.body, '/clients/new/create'))
  expect((await owner.post(`${admin.origin}/clients/new/create`, hidden)).status).toBe(200)
  const { metadata } = (await admin.running.pias.store.clients.find('page')) ?? {}
  expect(metadata).toMatchObject({ pias_origins: ['https://a.example'] })
})

test('settings are changed over a version, secrets are made and removed, an app is disabled and restored', async () => {
  const settings = '/clients/shop/settings/json'
  const before = await read(settings)
  const metadata = JSON.stringify({
    ...JSON.parse(jsonOf(before)),
    client_name: 'Renamed',
    pias_lifetimes: { accessToken: 60 },
  })
  const wrong = await admin.submit(owner, settings, settings, { metadata: metadata.replace('https', 'ftp') })
  expect([wrong.status, wrong.body]).toEqual([422, expect.stringContaining('Some fields need another look')])
  const saved = await admin.submit(owner, settings, settings, { metadata })
  expect(saved.location).toBe(`${admin.origin}${settings}?done=saved`)
  expect(await read(`${settings}?done=saved`)).toContain('Saved. It applies from the next request on.')
  expect(await read('/clients/shop')).toContain('accessToken: 60')
  const stale = await admin.submit(owner, settings, settings, { metadata, version: '1' })
  expect([stale.status, stale.body]).toEqual([412, expect.stringContaining('Somebody changed this')])
  expect(stale.body).toContain('As it is saved')

  const made = await admin.submit(owner, '/clients/shop/secrets', '/clients/shop/secrets', { days: '10' })
  expect(made.body).toContain('It is shown once')
  const shown = await read('/clients/shop/secrets')
  expect(shown).toContain('label-warning')
  const removed = await admin.submit(owner, '/clients/shop/secrets', '/clients/shop/secrets/remove')
  expect(removed.location).toContain('?done=secret-removed')

  const disabled = await admin.submit(owner, '/clients/shop', '/clients/shop/disable')
  expect(disabled.location).toContain('?done=disabled')
  expect(await read('/clients/shop')).toContain('label-bad">disabled')
  for (const page of ['code', 'rollout']) expect(await read(`/clients/shop/${page}`)).toContain('restore it first')
  expect((await admin.submit(owner, '/clients/shop', '/clients/shop/restore')).location).toContain('?done=restored')
})

test('what a file says is read-only', async () => {
  expect(await read('/clients/test-app')).toContain('Read-only here')
  expect(await read('/clients/test-app/settings')).not.toContain('<textarea')
  const csrf = /name="csrf" value="([^"]+)"/.exec(await read('/clients'))?.[1] ?? ''
  const forced = { csrf, version: '0', marks: '{}', client_name: 'Forced' }
  const answer = await owner.post(`${admin.origin}/clients/test-app/settings`, forced)
  expect([answer.status, answer.body]).toEqual([409, expect.stringContaining('changed where it comes from')])
})

test('a rollout is changed after a preview, for a reason, and taken back in one step', async () => {
  const page = '/clients/test-app/rollout'
  const change = {
    existing_phase: 'offer',
    existing_percentage: '10',
    password: 'allow',
    reason: 'a synthetic pilot',
  }
  expect(await read(page)).toContain('It was never changed: in force is no policy: itsme logs everybody in.')
  const preview = await admin.submit(owner, page, `${page}/preview`, change)
  expect([preview.status, /notice-bad.*?<\/div>/s.exec(preview.body)?.[0]]).toEqual([200, undefined])
  expect(preview.body).toContain('Nothing is changed yet')
  expect(preview.body).toContain('chooses: itsme, old password')
  expect(preview.body).toMatch(/among the last.*?at once by itsme.*?chooses: old password, itsme.*?changes/s)
  const alone = await admin.submit(owner, page, `${page}/preview`, {
    ...change,
    existing_phase: 'shadow',
    registration_phase: 'off',
  })
  expect(alone.body).toContain('a page with one way: old password')
  expect(alone.body).not.toContain('at once by old password')
  const fields = Object.fromEntries(filledIn(preview.body, `${page}/set`))
  const set = await owner.post(`${admin.origin}${page}/set`, fields)
  expect(set.location).toBe(`${admin.origin}${page}?done=saved`)
  const shown = await read(page)
  expect(shown).toContain('Offer: a choice among others, for 10\u00a0%')
  expect(shown).toContain('a synthetic pilot')
  const stale = await owner.post(`${admin.origin}${page}/set`, fields)
  expect(stale.status).toBe(412)

  const unexplained = await admin.submit(owner, page, `${page}/revert`, { reason: '' })
  expect(unexplained.status).toBe(422)
  // Of the two forms that ask why, the other one has neither the fault nor what was typed.
  expect(unexplained.body.match(/class="field-error"/g)).toHaveLength(1)
  const beyond = await admin.submit(owner, page, `${page}/preview`, { existing_percentage: '102', reason: 'typed' })
  expect(Object.fromEntries(filledIn(beyond.body, `${page}/preview`)).reason).toBe('typed')
  expect(Object.fromEntries(filledIn(beyond.body, `${page}/revert`)).reason).toBe('')
  // What comes back is shown before it does, and what becomes of everybody.
  const form = { ...Object.fromEntries(filledIn(await read(page), `${page}/revert`)), reason: 'the pilot is over' }
  const asked = await owner.post(`${admin.origin}${page}/revert`, form)
  expect(asked.body).toMatch(/In force until then.*What comes back: no policy: itsme logs everybody in/s)
  expect(asked.body).toMatch(/among the last.*?changes/s)
  const reverted = await admin.submit(owner, page, `${page}/revert`, { reason: 'the pilot is over' })
  expect(reverted.location).toBe(`${admin.origin}${page}?done=reverted`)
  expect(await read(page)).toContain('the pilot is over')
  const tooMany = await admin.submit(owner, page, `${page}/preview`, { existing_percentage: '101' })
  expect([tooMany.status, tooMany.body]).toEqual([422, expect.stringContaining('must be at most 100')])
})

test('tokens are previewed for a persona or masked for an account; code is filled in and says what was tested', async () => {
  const page = '/clients/test-app/preview'
  const persona = await admin.submit(owner, page, page, { scope: 'openid profile' })
  expect([persona.status, persona.body]).toEqual([200, expect.stringContaining('&#34;name&#34;: &#34;Sam Sample&#34;')])
  expect(persona.body).not.toContain('phone_number')
  const { accountId } = await admin.login('lotte')
  const account = await admin.submit(owner, page, page, { account: accountId })
  expect(account.body).toMatch(/&#34;name&#34;: &#34;…&#34;/)
  expect(account.body).toContain(`&#34;sub&#34;: &#34;${accountId}&#34;`)
  const none = await admin.submit(owner, page, page, { resource: 'https://nowhere.example' })
  expect([none.status, none.body]).toEqual([409, expect.stringContaining('may not ask for a token of this API')])

  const code = await read('/clients/test-app/code')
  expect(code).toMatch(/Node\.js \(openid-client\).*A test of PIAS runs this very text/s)
  expect(code).toMatch(/Spring Boot.*No test of PIAS runs it/s)
  expect(code).toContain(admin.running.issuer)
})

test('somebody with another role sees it and has no forms; what is sent all the same is refused and written down', async () => {
  const { accountId } = await admin.login('thomas')
  await admin.give(accountId, ['viewer'])
  const viewer = await admin.signIn('thomas')
  const { body } = await viewer.get(`${admin.origin}/clients/shop`)
  expect(body).toContain('Renamed')
  expect(body).not.toContain('/disable')
  expect((await viewer.get(`${admin.origin}/clients`)).body).not.toContain('Register an app')
  const csrf = /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? ''
  const answer = await viewer.post(`${admin.origin}/clients/shop/disable`, { csrf, version: '6' })
  expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('Your roles do not allow this')])
  const [event] = await admin.running.pias.store.audit.search({ type: 'admin.refused', limit: 1 })
  expect(event?.data).toMatchObject({ operation: 'disableClient', by: accountId, code: 'role' })
})

/** The metadata in the text area of a page. */
const jsonOf = (html: string): string =>
  (/<textarea[^>]*>([^<]*)</.exec(html)?.[1] ?? '')
    .replaceAll('&#34;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')

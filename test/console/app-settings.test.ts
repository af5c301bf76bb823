import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, type RunningConsole, registerApp, startConsole } from './support.ts'

/** The settings of an app as a form: what it writes, what it leaves alone, and what comes of two admins at once. */
let admin: RunningConsole
let owner: HttpBrowser

const words = { nl: 'x', fr: 'x', de: 'x', en: 'Reads synthetic orders' }
const ORDERS = 'https://orders.example/v1.2'
const API = {
  audience: ORDERS,
  name: 'Synthetic orders',
  scopes: ['orders:read', 'orders:write'].map(name => ({ name, description: words })),
  clients: ['test-app'],
}
/** More scopes than parsers of forms keep in a list. */
const MANY = 'https://many.example/'
const MANY_SCOPES = Array.from({ length: 25 }, (_, index) => `many:${index}`)
const MANY_API = {
  audience: MANY,
  name: 'Synthetic many',
  scopes: MANY_SCOPES.map(name => ({ name, description: words })),
  clients: ['test-app'],
}
const fieldOf = (audience: string): string => `api-${Buffer.from(audience).toString('base64url')}`

beforeAll(async () => {
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  writeFileSync(join(apisDir, 'orders.json'), JSON.stringify(API))
  writeFileSync(join(apisDir, 'many.json'), JSON.stringify(MANY_API))
  admin = await startConsole({ config: { apisDir } })
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const register = async (metadata: Record<string, unknown>): Promise<string> =>
  `${await registerApp(admin, owner, metadata)}/settings`

const savedOf = async (path: string) =>
  (await admin.running.pias.store.clients.find(path.split('/')[2] ?? ''))?.metadata as Record<string, unknown>

const SHOP = {
  client_id: 'shop',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://shop.example/cb'],
  software_id: 'not-in-the-form',
}

/** Sends a form of a page that was loaded before; undefined takes a field out. */
const resend = (path: string, body: string, changes: Record<string, string | undefined> = {}) => {
  const fields = new URLSearchParams(filledIn(body, path))
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) fields.delete(name)
    else fields.set(name, value)
  }
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const headers = { ...type, origin: admin.origin, 'sec-fetch-site': 'same-origin' }
  return owner.send('POST', `${admin.origin}${path}`, fields.toString(), headers)
}

const overtakenTable = (body: string): string =>
  /What somebody else has saved meanwhile.*?<\/table>/s.exec(body)?.[0] ?? ''

test('what is left as it was stays as it was stored, defaults and what the form does not have among it', async () => {
  const path = await register({
    ...SHOP,
    grant_types: ['refresh_token', 'authorization_code'],
    scope: 'email orders:write openid orders:read',
  })
  const before = await savedOf(path)
  const saved = await admin.submit(owner, path, path)
  expect([saved.status, saved.location]).toEqual([303, `${admin.origin}${path}?done=saved`])
  expect(await savedOf(path)).toEqual(before)
})

test('each kind of field is written as the API takes it, and left out where it is emptied', async () => {
  const path = await register({ ...SHOP, client_id: 'fields' })
  const filled = {
    client_name: 'Synthetic <fields>',
    redirect_uris: ' https://a.example/cb \r\n\r\nhttps://b.example/cb',
    contacts: 'team@shop.example',
    scope: ['openid', 'email'],
    grant_types: ['authorization_code'],
    dpop_bound_access_tokens: 'true',
    pias_single_sign_on: 'false',
    default_max_age: '600',
    pias_access_token_format: 'opaque',
    idToken: '120',
    jwks: '{"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}]}',
  }
  expect((await admin.submit(owner, path, path, filled)).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({
    client_name: 'Synthetic <fields>',
    redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
    contacts: ['team@shop.example'],
    scope: 'openid email',
    grant_types: ['authorization_code'],
    dpop_bound_access_tokens: true,
    pias_single_sign_on: false,
    default_max_age: 600,
    pias_access_token_format: 'opaque',
    pias_lifetimes: { idToken: 120 },
    jwks: { keys: [{ kty: 'EC' }] },
    software_id: 'not-in-the-form',
  })
  const empty = {
    contacts: '',
    dpop_bound_access_tokens: '',
    default_max_age: '',
    pias_access_token_format: '',
    idToken: '',
    jwks: '',
  }
  expect((await admin.submit(owner, path, path, empty)).status).toBe(303)
  const left = Object.keys(await savedOf(path))
  expect(left).toContain('pias_single_sign_on')
  for (const name of [
    'contacts',
    'dpop_bound_access_tokens',
    'default_max_age',
    'pias_lifetimes',
    'pias_access_token_format',
    'jwks',
  ]) {
    expect(left).not.toContain(name)
  }
})

test('that an app of another kind is another app is said where its kind would be looked for, to who may change it', async () => {
  const machine = { grant_types: ['client_credentials'], redirect_uris: [] }
  const device = { grant_types: [DEVICE_CODE], redirect_uris: [], token_endpoint_auth_method: 'none' }
  for (const [metadata, words] of [
    [{}, 'People log in to this app in a browser'],
    [device, 'People confirm the code of this app on their phone'],
    [machine, 'This app acts without people at it'],
  ] as const) {
    const path = await register({ ...SHOP, ...metadata, client_id: `kind-${Object.keys(metadata).length}` })
    const { body } = await owner.get(`${admin.origin}${path}`)
    expect(body).toMatch(
      new RegExp(`>${words}: one of another kind is another app.*href="${path}/json".*href="/clients/new"`, 's'),
    )
  }
  // What a file says is not changed here at all.
  const { body } = await owner.get(`${admin.origin}/clients/test-app/settings`)
  expect(body).not.toContain('one of another kind')
})

test('what is wrong is told beside its field, by the line it is about and in the words of the form', async () => {
  const path = await register({ ...SHOP, client_id: 'wrong' })
  const wrong = {
    redirect_uris: 'https://good.example/cb\nhttps://*.example/cb\nhttp://c.example/cb',
    token_endpoint_auth_method: 'private_key_jwt',
    default_max_age: 'a while',
    jwks: '{',
  }
  const broken = await admin.submit(owner, path, path, wrong)
  expect([broken.status, errorOf(broken.body, 'jwks')]).toEqual([
    422,
    'is not JSON: look for a missing comma, quote or bracket',
  ])
  const { body } = await admin.submit(owner, path, path, { ...wrong, jwks: '', client_name: '' })
  expect(errorOf(body, 'default_max_age')).toBe('must be a number: write digits')
  expect(errorOf(body, 'client_name')).toBe('is missing: add it, with a value that is not empty')
  const typed = Object.fromEntries(filledIn(body, path))
  expect([typed.default_max_age, typed.redirect_uris]).toEqual(['a while', wrong.redirect_uris])
  const rules = await admin.submit(owner, path, path, { ...wrong, jwks: '', default_max_age: '' })
  expect(errorOf(rules.body, 'redirect_uris')).toBe(
    'https://*.example/cb must not have a wildcard: list every address as it is. ' +
      'http://c.example/cb must be https (http only on loopback): use https; plain http is for localhost alone',
  )
  expect(errorOf(rules.body, 'jwks')).toBe(
    'is needed by private_key_jwt (or “Where its public keys are”): ' +
      "give “Its public keys” with the app's public keys, or “Where its public keys are”",
  )
  expect(rules.body).toMatch(/<a href="#part-\d+-redirect_uris">Where people return to: must not have a wildcard/)
  const long = await admin.submit(owner, path, path, { accessToken: '999999' })
  expect(errorOf(long.body, 'accessToken')).toContain('choose less, or leave it out')
  expect(await savedOf(path)).toMatchObject({ redirect_uris: ['https://shop.example/cb'] })
})

test('of two admins, the second sees what the first saved, keeps what they typed, and overwrites nothing unseen', async () => {
  const path = await register({ ...SHOP, client_id: 'both' })
  const send = resend.bind(undefined, path)
  const second = await owner.get(`${admin.origin}${path}`)
  const first = { client_name: 'Of the first', policy_uri: 'https://first.example/privacy' }
  expect((await admin.submit(owner, path, path, { ...first, scope: ['openid', 'phone'] })).status).toBe(303)

  // Wrong, too: the version is that of the form still, so that mending it does not pass over the first.
  const wrong = await send(second.body, { client_name: 'Of the second', client_uri: 'nowhere' })
  expect(wrong.status).toBe(422)
  const stale = await send(wrong.body, { client_uri: 'https://second.example' })
  expect(stale.status).toBe(412)
  const table = overtakenTable(stale.body)
  expect(table).toMatch(/Name.*Of the first.*Of the second.*Saving puts this in its place/s)
  expect(table).toMatch(/Privacy policy.*https:\/\/first\.example\/privacy.*the same/s)
  expect(table).not.toContain('Website')
  expect(await savedOf(path)).toMatchObject({ client_name: 'Of the first' })
  expect((await send(stale.body)).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({
    client_name: 'Of the second',
    client_uri: 'https://second.example',
    policy_uri: 'https://first.example/privacy',
    scope: 'openid phone',
  })
})

test('a list that the second admin left as it was is no clash with the first, in whatever order it is stored', async () => {
  const path = await register({ ...SHOP, client_id: 'order', scope: 'phone email openid' })
  const second = (await owner.get(`${admin.origin}${path}`)).body
  expect((await admin.submit(owner, path, path, { scope: ['openid', 'email'] })).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({ scope: 'email openid' })
  const stale = await resend(path, second, { client_name: 'Of the second' })
  expect([stale.status, overtakenTable(stale.body)]).toEqual([
    412,
    expect.stringMatching(/What it may ask for.*the same/s),
  ])
  expect(stale.body).not.toContain('Saving puts this in its place')
  expect((await resend(path, stale.body)).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({ client_name: 'Of the second', scope: 'email openid' })
})

test('an app from which everything is taken gets nothing more: it is told what it must have', async () => {
  const path = await register({ ...SHOP, client_id: 'nothing', scope: 'openid' })
  const refused = await admin.submit(owner, path, path, { scope: [] })
  expect([refused.status, errorOf(refused.body, 'scope')]).toEqual([422, 'must include openid: add openid to scope'])
  expect(await savedOf(path)).toMatchObject({ scope: 'openid' })
})

test('many scopes of one API are all kept, and all given', async () => {
  const field = fieldOf(MANY)
  const path = await register({ ...SHOP, client_id: 'many', scope: `openid ${MANY_SCOPES.join(' ')}` })
  expect((await admin.submit(owner, path, path, { client_name: 'Synthetic many' })).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({ client_name: 'Synthetic many', scope: `openid ${MANY_SCOPES.join(' ')}` })
  expect((await admin.submit(owner, path, path, { [field]: MANY_SCOPES.slice(1) })).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({ scope: `openid ${MANY_SCOPES.slice(1).join(' ')}` })
})

test('what was not in a form is not emptied by it, and a form that does not say what was in it is refused', async () => {
  const field = fieldOf(ORDERS)
  const path = await register({ ...SHOP, client_id: 'since', scope: 'openid orders:read' })
  const { body } = await owner.get(`${admin.origin}${path}`)
  const { [field]: mark, ...marks } = JSON.parse(Object.fromEntries(filledIn(body, path)).marks ?? '') as Record<
    string,
    string
  >
  expect(mark).toBeDefined()
  // As the form was before there was this API.
  const before = { marks: JSON.stringify(marks), [field]: undefined }
  const wrong = await resend(path, body, { ...before, client_uri: 'nowhere' })
  expect([wrong.status, wrong.body.includes(`name="${field}"`)]).toEqual([422, false])
  expect((await resend(path, wrong.body, { client_uri: 'https://since.example' })).status).toBe(303)
  expect(await savedOf(path)).toMatchObject({ client_uri: 'https://since.example', scope: 'openid orders:read' })
  for (const none of ['5', 'null', '[]', '{"scope":5}', 'x', undefined]) {
    const refused = await resend(path, body, { marks: none, client_name: 'Tampered' })
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('load the page again')])
  }
  expect(await savedOf(path)).not.toMatchObject({ client_name: 'Tampered' })
})

test('what is not encrypted any more needs no content encryption, which the form does not have', async () => {
  const names = ['id_token', 'userinfo'].map(what => `${what}_encrypted_response_`)
  const path = await register({
    ...SHOP,
    client_id: 'sealed',
    jwks_uri: 'https://shop.example/jwks',
    ...Object.fromEntries(
      names.flatMap(name => [
        [`${name}alg`, 'RSA-OAEP-256'],
        [`${name}enc`, 'A256GCM'],
      ]),
    ),
  })
  const filled = Object.fromEntries(names.map(name => [`${name}alg`, '']))
  expect((await admin.submit(owner, path, path, filled)).status).toBe(303)
  expect(Object.keys(await savedOf(path)).filter(name => name.includes('encrypted'))).toEqual([])
})

test('advice calls what is to be set as the form does', async () => {
  const path = await register({ ...SHOP, client_id: 'advised', token_endpoint_auth_method: 'none' })
  const { body } = await owner.get(`${admin.origin}${path}`)
  expect(body).toContain('a native app says “Where it runs”: “On a phone or computer (native)”')
  expect(body).not.toContain('says &#34;application_type')
})

test('a machine and a TV have what is theirs to set; a file is read in the same words, without a form', async () => {
  const machine = await register({ client_id: 'machine' })
  const page = (await owner.get(`${admin.origin}${machine}`)).body
  const preview = await owner.get(`${admin.origin}${machine.replace(/settings$/, 'preview')}`)
  expect([preview.status, preview.body.includes('Nobody logs in to it')]).toEqual([200, true])
  expect([page.includes('name="redirect_uris"'), page.includes('It acts for itself')]).toEqual([false, true])
  const tv = await register({
    client_id: 'tv',
    grant_types: [DEVICE_CODE, 'refresh_token'],
    token_endpoint_auth_method: 'none',
  })
  expect((await admin.submit(owner, tv, tv, { client_name: 'Synthetic TV' })).status).toBe(303)
  expect(await savedOf(tv)).toMatchObject({ client_name: 'Synthetic TV', grant_types: [DEVICE_CODE, 'refresh_token'] })

  const { body } = await owner.get(`${admin.origin}/clients/test-app/settings`)
  expect(body).toMatch(/Read-only here.*<dt>Where people return to<\/dt>/s)
  expect(body).not.toContain('Save the settings')
})

test('APIs of files are shown with their scopes, and an app or a machine is given those that it may call', async () => {
  const { body } = await owner.get(`${admin.origin}/apis`)
  expect(body).toMatch(/Synthetic orders.*https:\/\/orders\.example\/v1\.2.*href="\/clients\/test-app"/s)
  expect(body).toMatch(/orders:read.*Reads synthetic orders/s)
  const api = fieldOf(ORDERS)
  const shop = await register({ ...SHOP, client_id: 'caller' })
  const page = (await owner.get(`${admin.origin}${shop}`)).body
  expect(page).toMatch(/APIs it may call.*Synthetic orders.*orders:write/s)
  // Who lets an app administer PIAS does not do so by a tick.
  expect(page).not.toContain('PIAS administration')
  expect((await admin.submit(owner, shop, shop, { [api]: ['orders:read'] })).status).toBe(303)
  const scope = 'openid profile email phone address customer orders:read'
  expect(await savedOf(shop)).toMatchObject({ scope })
  expect((await admin.submit(owner, shop, shop, { scope: ['openid'], [api]: [] })).status).toBe(303)
  expect(await savedOf(shop)).toMatchObject({ scope: 'openid' })
  const machine = await register({ client_id: 'batch' })
  expect((await admin.submit(owner, machine, machine, { [api]: ['orders:read', 'orders:write'] })).status).toBe(303)
  expect(await savedOf(machine)).toMatchObject({ scope: 'orders:read orders:write' })
  expect((await admin.submit(owner, machine, machine, { [api]: [] })).status).toBe(303)
  expect(await savedOf(machine)).not.toHaveProperty('scope')
})

/** What is said of a field, beside it. */
const errorOf = (html: string, name: string): string => {
  const [, text = ''] = new RegExp(`id="part-\\d+-${name}-error">([^<]*)<`).exec(html) ?? []
  return text.replaceAll('&#39;', "'").replaceAll('&#34;', '"')
}

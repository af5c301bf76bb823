import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpBrowser } from '#test/support/http-browser.ts'
import { becomeOwner, filledIn, type RunningConsole, registerApp, startConsole } from './support.ts'

/** For which API a test login or a preview asks a token: chosen of those that the app may call. */
let admin: RunningConsole
let owner: HttpBrowser

const description = { nl: 'x', fr: 'x', de: 'x', en: 'Reads synthetic orders' }
const apiOf = (name: string) => ({
  audience: `https://${name}.example/`,
  name: `Synthetic ${name}`,
  scopes: ['read', 'write'].map(end => ({ name: `${name}:${end}`, description })),
})
const ORDERS = 'https://orders.example/'

const register = (clientId: string, scope: string): Promise<string> =>
  registerApp(admin, owner, {
    client_id: clientId,
    grant_types: ['authorization_code'],
    redirect_uris: ['https://shop.example/cb'],
    scope,
  })

beforeAll(async () => {
  const apisDir = mkdtempSync(join(tmpdir(), 'pias-apis-'))
  for (const name of ['orders', 'bills']) writeFileSync(join(apisDir, `${name}.json`), JSON.stringify(apiOf(name)))
  admin = await startConsole({ config: { apisDir } })
  owner = await becomeOwner(admin, 'lotte')
})
afterAll(() => admin.close())

/** What can be chosen on a page, with its words. */
const choicesOn = (body: string): string[][] => {
  const [, options = ''] = /<select [^>]*name="resource"[^>]*>(.*?)<\/select>/s.exec(body) ?? []
  return [...options.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)</g)].map(([, ...parts]) => parts)
}
const chosenIn = (body: string, action: string): string | undefined =>
  Object.fromEntries(filledIn(body, action)).resource

test('the APIs of which the app has a scope are there to choose, and no other; none is the first', async () => {
  const app = await register('caller', 'openid profile orders:read')
  for (const page of [`${app}/trial`, `${app}/preview`]) {
    const { body } = await owner.get(`${admin.origin}${page}`)
    expect(choicesOn(body)).toEqual([
      ['', 'none: for userinfo'],
      [ORDERS, `Synthetic orders (${ORDERS})`],
    ])
    expect(chosenIn(body, page)).toBe('')
  }
})

test('nothing is asked of an app that may call none', async () => {
  const app = await register('talker', 'openid profile')
  for (const page of [`${app}/trial`, `${app}/preview`]) {
    const { status, body } = await owner.get(`${admin.origin}${page}`)
    expect([status, body.includes('name="scope"'), body.includes('name="resource"')]).toEqual([200, true, false])
  }
})

test('what is chosen is asked for, and is still chosen where the form comes back', async () => {
  const app = await register('buyer', 'openid orders:read orders:write')
  const [trial, preview] = [`${app}/trial`, `${app}/preview`]
  const shown = await admin.submit(owner, preview, preview, { resource: ORDERS })
  expect([shown.status, shown.body]).toEqual([200, expect.stringContaining(`&#34;aud&#34;: &#34;${ORDERS}&#34;`)])
  expect(chosenIn(shown.body, preview)).toBe(ORDERS)
  const nobody = await admin.submit(owner, preview, preview, { resource: ORDERS, account: 'nobody' })
  expect([nobody.status, chosenIn(nobody.body, preview)]).toEqual([404, ORDERS])
  expect(nobody.body).toContain('There is no such account')

  const begun = await admin.submit(owner, trial, trial, { resource: ORDERS })
  expect(begun.body).toMatch(new RegExp(`Log in as this app.*resource.*${ORDERS}`, 's'))
  const bad = await admin.submit(owner, trial, trial, { resource: ORDERS, scope: 'open"id' })
  expect([bad.status, chosenIn(bad.body, trial)]).toEqual([422, ORDERS])
})

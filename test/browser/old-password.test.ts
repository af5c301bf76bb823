import { randomBytes, scryptSync } from 'node:crypto'
import { bringIn } from '#test/support/bring-in.ts'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium } from './in-chromium.ts'

/** Bruno, synthetic, connects itsme with his old login, in a real Chromium with and without JavaScript. */
const PASSWORD = 'a synthetic password'
const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const salt = randomBytes(16)
const passwordHash = `$scrypt$ln=4,r=8,p=1$${encode(salt)}$${encode(scryptSync(PASSWORD, salt, 32, { N: 16 }))}`
const APP = {
  ...TEST_CLIENT,
  client_id: 'bind-app',
  pias_rollout: { existing: { phase: 'offer' }, password: 'require-bind' },
}

const place = inChromium()
let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [{ ...APP, redirect_uris: [place.app.redirectUri] }] })
  for (const username of ['with-javascript', 'without-javascript'])
    await bringIn(running.pias.store, { legacyId: username, username, passwordHash })
})
afterAll(() => running.close())

test.each([
  ['with-javascript', true, 'old-password'],
  ['without-javascript', false, 'nora'],
])('%s', async (username, javaScriptEnabled, persona) => {
  const context = await place.browser.newContext({
    locale: 'en-GB',
    javaScriptEnabled,
    viewport: { width: 390, height: 844 },
  })
  const page = await context.newPage()
  const party = createPlainRelyingParty({
    issuer: running.issuer,
    clientId: APP.client_id,
    redirectUri: place.app.redirectUri,
  })
  await page.goto(party.authorize({ ui_locales: 'en' }).url)
  await page.getByRole('link', { name: /password/ }).click()

  const name = page.getByLabel('User name or e-mail address')
  const password = page.getByLabel('Password', { exact: true })
  expect(await name.getAttribute('autocomplete')).toBe('username')
  expect(await password.getAttribute('autocomplete')).toBe('current-password')
  expect(await password.getAttribute('type')).toBe('password')
  await name.fill(username)
  await password.fill('wrong')
  await page.getByRole('button', { name: 'Log in' }).click()
  expect(await page.title()).toMatch(/^Error: /)
  // What was typed is kept, but for the password.
  expect([await name.inputValue(), await password.inputValue()]).toEqual([username, ''])
  await password.fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()

  const away = await page.getByRole('link', { name: 'Connect itsme' }).getAttribute('href')
  const upstream = await context.request.get(`${running.issuer}${away}`, { maxRedirects: 0 })
  await page.goto(`${upstream.headers().location}&persona=${persona}`)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('itsme is connected')
  await page.getByRole('link', { name: 'Continue' }).click()
  expect((await place.app.arrival(page)).has('code')).toBe(true)
  await context.close()
})

import type { BrowserContext, Page } from 'playwright-core'
import { createPlainRelyingParty } from '#test/support/relying-party.ts'
import { type RunningPias, startPias, TEST_CLIENT } from '#test/support/start-pias.ts'
import { inChromium } from './in-chromium.ts'

/** A passkey in a real Chromium with an authenticator of its own, while itsme says no (ADR 0080). */
const APP = { ...TEST_CLIENT, client_id: 'passkey-app', pias_rollout: { passkey: 'allow' } }

const place = inChromium()
let running: RunningPias
beforeAll(async () => {
  running = await startPias({ clients: [{ ...APP, redirect_uris: [place.app.redirectUri] }] })
})
afterAll(() => running.close())

/** @returns how to forget that the device knows its person */
const plugIn = async (context: BrowserContext, page: Page) => {
  const client = await context.newCDPSession(page)
  await client.send('WebAuthn.enable')
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  return (isUserVerified: boolean) => client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
}

const authorize = () =>
  createPlainRelyingParty({
    issuer: running.issuer,
    clientId: APP.client_id,
    redirectUri: place.app.redirectUri,
  }).authorize({
    ui_locales: 'en',
  }).url

test('is made on the page of the ways to log in, and lets in where itsme does not', async () => {
  const context = await place.browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  const setVerified = await plugIn(context, page)

  await page.goto(authorize())
  await page.locator('button[name="persona"][value="lotte"]').click()
  await place.app.arrival(page)
  await page.goto(`${running.issuer}/account?lang=en`)
  await page.getByRole('link', { name: 'Ways to log in' }).click()
  await page.getByRole('button', { name: 'Make a passkey' }).click()
  await page.getByText('Made on').waitFor()
  expect(await page.locator('.entry', { hasText: 'Linux' }).count()).toBe(1)

  await context.clearCookies()
  await page.goto(authorize())
  await page.getByRole('button', { name: /refuse/i }).click()
  await page.getByRole('link', { name: 'Log in with a passkey' }).click()
  await setVerified(false)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByText('No passkey was used.').waitFor()
  await setVerified(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  expect((await place.app.arrival(page)).has('code')).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

test('without JavaScript the page says that it cannot, and the other ways remain', async () => {
  const context = await place.browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(authorize())
  await page.getByRole('button', { name: /refuse/i }).click()
  await page.getByRole('link', { name: 'Log in with a passkey' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('link', { name: 'This browser cannot use passkeys here.' }).waitFor()
  await page.getByRole('link', { name: 'Other ways to log in' }).click()
  expect(await page.getByRole('link', { name: /itsme/ }).count()).toBe(1)
  await context.close()
})

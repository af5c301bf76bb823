import type { Browser, Page } from 'playwright-core'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import { type RunningConsole, startConsole } from '#test/console/support.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { becomeFirstOwner, problemsOf, signInToConsole } from './console-visitor.ts'

/** Why an account has many records, in Chromium: a line for each, and the evidence of whichever is asked for. */
const MANY = 'synthetic-many'
const ONE = 'synthetic-one'
const NUMBERS = ['SYNTHETIC-A1', 'SYNTHETIC-B2', 'SYNTHETIC-C3']
const PHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark', javaScriptEnabled: false } as const

let browser: Browser
let admin: RunningConsole
let desktop: Page
/** Without JavaScript, which axe needs: that looks at the same size on its own. */
let phone: Page
let small: Page

beforeAll(async () => {
  ;[browser, admin] = await Promise.all([launchChromium(), startConsole()])
  const { store } = admin.running.pias
  const lotte = (await admin.login('lotte')).accountId
  const [found] = await store.accounts.customersOf(lotte as never)
  if (found === undefined) throw new Error('nothing is linked')
  const { linkedAt: _, ...record } = found
  for (const [id, numbers] of [
    [MANY, NUMBERS],
    [ONE, ['SYNTHETIC-D4']],
  ] as const) {
    await store.accounts.open({
      account: { id: id as never, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic Person' } },
      identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: id },
      customers: numbers.map(customerId => ({ ...record, customerId })),
      events: [],
    })
  }
  const [decided] = await store.audit.search({ type: 'link.decided', accountId: lotte, limit: 1 })
  const { sequence, ...event } = decided as FoundAuditEvent
  await store.audit.append([1, 2, 3].map(at => ({ ...event, accountId: MANY, at: at * 60_000 })))
  desktop = await signInToConsole(browser, admin, { viewport: { width: 1280, height: 800 } })
  await becomeFirstOwner(desktop, admin)
  phone = await signInToConsole(browser, admin, PHONE)
  small = await signInToConsole(browser, admin, { ...PHONE, javaScriptEnabled: true })
})

afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

/** Which evidence is to be seen. */
const shownOn = async (page: Page): Promise<boolean[]> =>
  Promise.all((await page.locator('table', { hasText: 'Before any field' }).all()).map(table => table.isVisible()))

const open = (page: Page, accountId: string) => page.goto(`${admin.origin}/people/${accountId}/why`)

test('on a phone without JavaScript: a line for each record, and the evidence of the one that is chosen', async () => {
  await open(phone, MANY)
  const lines = phone.getByRole('region', { name: 'Its records' }).getByRole('row')
  expect(await lines.count()).toBe(1 + NUMBERS.length)
  expect(await lines.nth(2).textContent()).toMatch(/found by matching.*1 in [\d,]+.*\+[\d.]+.*linked/s)
  const all = await shownOn(phone)
  expect(all.length).toBeGreaterThanOrEqual(6)
  expect(all.filter(Boolean)).toEqual([])

  await lines.nth(2).getByRole('link').click()
  await phone.waitForURL(/\/why\?record=2#record-2$/)
  expect((await shownOn(phone)).slice(0, 3)).toEqual([false, true, false])
  expect(await phone.locator('#record-2').evaluate(fold => fold.getBoundingClientRect().top)).toBeLessThan(200)
  // The same from the list of records of the account.
  await phone.goto(`${admin.origin}/people/${MANY}`)
  await phone.getByRole('region', { name: 'Customer records' }).getByRole('link').nth(2).click()
  await phone.waitForURL(/\/why\?record=3#record-3$/)
  expect((await shownOn(phone)).slice(0, 3)).toEqual([false, false, true])
})

test('no violation on a phone, folded and unfolded', async () => {
  for (const named of ['', '?record=2']) {
    await small.goto(`${admin.origin}/people/${MANY}/why${named}`)
    expect(await problemsOf(small)).toEqual([])
  }
})

test.each([320, 390])(
  'evidence is read on a phone of %d px without scrolling sideways, its bars in full',
  async width => {
    await small.setViewportSize({ width, height: 640 })
    await small.goto(`${admin.origin}/people/${MANY}/why?record=2`)
    const evidence = small.locator('#record-2 .scroll', { hasText: 'Before any field' })
    expect(await evidence.isVisible()).toBe(true)
    expect(await evidence.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
    for (const bar of await evidence.locator('.bar').all()) {
      expect((await bar.boundingBox())?.width).toBeGreaterThan(72)
      const step = await bar
        .locator('.fill')
        .evaluate(fill => Number(fill.getAttribute('x')) + Number(fill.getAttribute('width')))
      expect(step).toBeLessThanOrEqual(1000)
    }
  },
)

test('by keyboard: a record and a decision are unfolded, and what is in them is reached', async () => {
  await open(desktop, MANY)
  const record = desktop.locator('#record-1')
  await record.locator('summary').focus()
  await desktop.keyboard.press('Enter')
  expect((await shownOn(desktop)).slice(0, 3)).toEqual([true, false, false])
  await desktop.keyboard.press('Tab')
  expect(await desktop.evaluate(() => document.activeElement?.closest('details')?.id)).toBe('record-1')
  const decision = desktop.locator('details', { hasText: 'Decided' }).last()
  expect(await decision.locator('summary').textContent()).toMatch(/Decided 1 Jan 1970.*linked · \w+ .*: linked/s)
  await decision.locator('summary').focus()
  await desktop.keyboard.press('Space')
  expect(await decision.getByText('Records compared').isVisible()).toBe(true)
  expect(await problemsOf(desktop)).toEqual([])
})

test('the only record of an account is unfolded; on paper all of them are', async () => {
  await open(desktop, ONE)
  expect(await shownOn(desktop)).toEqual([true])
  await open(desktop, MANY)
  expect((await shownOn(desktop)).some(Boolean)).toBe(false)
  await desktop.emulateMedia({ media: 'print' })
  try {
    expect((await shownOn(desktop)).every(Boolean)).toBe(true)
    expect(await desktop.getByRole('navigation', { name: 'Console' }).isVisible()).toBe(false)
  } finally {
    await desktop.emulateMedia({ media: 'screen' })
  }
})

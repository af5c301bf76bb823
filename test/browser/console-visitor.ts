import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createAdmins } from '#src/admin/admins.ts'
import type { RunningConsole } from '#test/console/support.ts'
import { runAxe } from './pages/inspector.ts'

/** Logs in to the console in a browser of its own, as the persona whose name fits. */
export const signInToConsole = async (
  browser: Browser,
  { origin }: Pick<RunningConsole, 'origin'>,
  { persona = /Lotte/, ...options }: BrowserContextOptions & { persona?: RegExp } = {},
): Promise<Page> => {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  await page.goto(origin)
  await page.getByText(persona).first().click()
  await page.waitForURL(url => url.origin === origin && url.pathname === '/')
  return page
}

/** Makes whoever is logged in there the first owner, by a one-time code. */
export const becomeFirstOwner = async (page: Page, { running }: Pick<RunningConsole, 'running'>): Promise<void> => {
  const code = await createAdmins({ ...running.pias.store, clock: Date.now }).prepareBootstrap('test')
  await page.getByRole('textbox', { name: 'Code' }).fill(code)
  await page.getByRole('button', { name: 'Become an owner' }).click()
  await page.getByText('You are an owner now').waitFor()
}

/** What is wrong with the page that is open, in words: what axe finds, and what is wider than the screen. */
export const problemsOf = async (page: Page): Promise<string[]> => {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  const found = [...(await runAxe(page)), ...(excess > 0 ? [`${excess} px wider than the screen`] : [])]
  return found.map(problem => `${page.url()} ${problem}`)
}

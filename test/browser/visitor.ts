import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Demo } from './demo.ts'

/** An answer to a navigation of the window: pages, and the redirects between them. */
export type Visit = { readonly url: string; readonly status: number; readonly html: boolean }

/** A person at a browser of their own. */
export type Visitor = {
  readonly page: Page
  /** Pages of this origin that were shown so far: HTML, and no redirect. */
  pagesOf(origin: string): string[]
  /** What the console complained about (scripts, blocked content, failed requests), and pages wider than the screen. */
  readonly complaints: string[]
  /** Presses a link or button by its name, and waits for the page that follows. */
  press(role: 'link' | 'button', name: string | RegExp): Promise<void>
  /** Opens MyProximus, asks to log in, and is this persona at itsme. */
  logInAs(persona: string): Promise<void>
  /** Is this persona, on the simulator's page. */
  choose(persona: string): Promise<void>
  close(): Promise<void>
}

/** Chromium tells of every 4xx page in the console, the ones we mean included (a form that is sent back). */
const isMeant = (text: string): boolean => text.includes('responded with a status of 422')

const record = (page: Page) => {
  const visits: Visit[] = []
  const complaints: string[] = []
  page.on('response', response => {
    const request = response.request()
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
    const html = String(response.headers()['content-type']).startsWith('text/html')
    visits.push({ url: response.url(), status: response.status(), html })
  })
  page.on('console', message => {
    const text = message.text()
    if (['error', 'warning'].includes(message.type()) && !isMeant(text)) complaints.push(text)
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('requestfailed', request => complaints.push(`${request.url()} ${request.failure()?.errorText}`))
  return { visits, complaints }
}

/** @param options of the browser: size, language, JavaScript */
export const openVisitor = async (
  browser: Browser,
  demo: Demo,
  options: BrowserContextOptions = {},
): Promise<Visitor> => {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const { visits, complaints } = record(page)

  /** Every page that was arrived at must fit the screen. */
  const arrive = async (): Promise<void> => {
    await page.waitForLoadState('load')
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (excess > 0) complaints.push(`${page.url()} is ${excess} px wider than the screen`)
  }
  const press: Visitor['press'] = async (role, name) => {
    await page.getByRole(role, { name }).click()
    await arrive()
  }
  const choose: Visitor['choose'] = async persona => {
    await page.locator(`button[name="persona"][value="${persona}"]`).click()
    await arrive()
  }
  return {
    page,
    complaints,
    press,
    choose,
    pagesOf: origin =>
      visits
        .filter(({ url, status, html }) => new URL(url).origin === origin && html && (status < 300 || status >= 400))
        .map(({ url }) => new URL(url).pathname),
    logInAs: async persona => {
      await page.goto(demo.myproximus)
      await press('link', 'Continue with itsme')
      if (!page.url().startsWith(demo.simulator)) throw new Error(`instead of itsme: ${await page.title()}`)
      await choose(persona)
    },
    close: () => context.close(),
  }
}

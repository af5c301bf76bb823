import type { Browser, BrowserContext } from 'playwright-core'
import { launchChromium } from '#test/support/chromium.ts'
import { type AppPage, startAppPage } from '#test/support/start-app-page.ts'
import { openPage, runAxe } from './pages/inspector.ts'

/** For who wants to look at the pages: a folder. */
const PICTURES = process.env.PIAS_PICTURES

/** A phone's browser. */
export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } as const

/** @returns an app's page and a Chromium for the tests of the file that calls; there from `beforeAll` on */
export const inChromium = (): { readonly app: AppPage; readonly browser: Browser } => {
  const place = {} as { app: AppPage; browser: Browser }
  beforeAll(async () => {
    place.app = await startAppPage()
    place.browser = await launchChromium()
  })
  afterAll(async () => {
    await place.browser.close()
    place.app.close()
  })
  return place
}

/**
 * @param meant what the console may say: Chromium tells of every 4xx page
 * @returns what goes wrong in any tab: failures of a server, errors of scripts and of the console; grows as it happens
 */
export const listenForComplaints = (context: BrowserContext, meant?: RegExp): string[] => {
  const complaints: string[] = []
  context.on('response', response => {
    if (response.request().isNavigationRequest() && response.status() >= 500) {
      complaints.push(`${response.status()} ${response.url()}`)
    }
  })
  context.on('weberror', ({ error }) => complaints.push(error().message))
  context.on('console', message => {
    if (message.type() === 'error' && !meant?.test(message.text())) complaints.push(message.text())
  })
  return complaints
}

/** A tab in which a person presses buttons, and whose pages are looked at. */
export const openTab = async (context: BrowserContext, script: boolean) => {
  const { page, allowScripts } = await openPage(context, script)
  const isThere = async (title: string) => {
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    await page.waitForLoadState('load')
  }
  return {
    page,
    press: (role: 'button' | 'link', name: string | RegExp) => page.getByRole(role, { name }).click(),
    choosePersona: (persona: string) => page.locator(`button[name="persona"][value="${persona}"]`).click(),
    /** Waits for the page with this heading. */
    isThere,
    /** The page is there, fits the screen, and can be used by everyone. @param picture its name among the pictures */
    look: async (title: string, picture?: string) => {
      await isThere(title)
      await allowScripts(true)
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect([excess, await runAxe(page)]).toEqual([0, []])
      if (PICTURES !== undefined && picture !== undefined) {
        await page.screenshot({ path: `${PICTURES}/${picture}-${script}.png`, fullPage: true })
      }
      await allowScripts(script)
    },
  }
}

/** See {@link openTab}. */
export type Tab = Awaited<ReturnType<typeof openTab>>

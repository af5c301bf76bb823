import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ROOT } from '#test/support/processes.ts'
import type { Entry, Look } from './page-matrix.ts'

/** WCAG 2.2, levels A and AA, in axe's words. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']
const AXE = readFileSync(join(ROOT, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')

/** What a page may cost (ADR 0030): bytes as they are sent, headers aside. */
const BUDGET = { requests: 4, bytes: 45 * 1024, shift: 0.02 } as const

declare const axe: { run(options: object): Promise<AxeResults> }

/** Looks at pages of the style page, one after the other. */
export type Inspector = {
  /** What is wrong with a state in this look, in words; empty when nothing is. */
  inspect(entry: Entry, look: Look): Promise<string[]>
  close(): Promise<void>
}

/** What axe finds wrong with the page as it stands, in words; its scripts must be allowed. */
export const runAxe = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE)
  const options = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] }
  const results = await page.evaluate(chosen => axe.run(chosen), options)
  return results.violations.map(({ id, nodes }) => `axe: ${id} at ${nodes.map(({ html }) => html).join(', ')}`)
}

/** Wider than the screen, or moved while it loaded (CLS, Web Vitals). */
const measureLayout = (page: Page) =>
  page.evaluate(async () => {
    const { scrollWidth, clientWidth } = document.documentElement
    const shifts = await new Promise<PerformanceEntryList>(resolve => {
      new PerformanceObserver(list => resolve(list.getEntries())).observe({ type: 'layout-shift', buffered: true })
      setTimeout(() => resolve([]), 50)
    })
    const shift = shifts.reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0)
    return { excess: scrollWidth - clientWidth, shift }
  })

type Traffic = { readonly urls: string[]; readonly sizes: Promise<number>[]; readonly complaints: string[] }

const record = (page: Page): Traffic => {
  const traffic: Traffic = { urls: [], sizes: [], complaints: [] }
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) traffic.complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', error => traffic.complaints.push(`script: ${error.message}`))
  page.on('requestfinished', request => {
    if (request.url().startsWith('data:')) return
    traffic.urls.push(request.url())
    traffic.sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
  })
  return traffic
}

const checkBudget = async ({ urls, sizes }: Traffic, issuer: string): Promise<string[]> => {
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  return [
    ...urls.filter(url => new URL(url).origin !== issuer).map(url => `asks another host: ${url}`),
    ...(urls.length > BUDGET.requests ? [`${urls.length} requests`] : []),
    ...(bytes > BUDGET.bytes || bytes === 0 ? [`${bytes} bytes`] : []),
  ]
}

/** A page of its own, with or without scripts; `allowScripts` switches them, for those who look at it. */
export const openPage = async (context: BrowserContext, script: boolean) => {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const allowScripts = (allowed: boolean) => session.send('Emulation.setScriptExecutionDisabled', { value: !allowed })
  await allowScripts(script)
  return { page, allowScripts }
}

/** @param issuer of a node in development, whose style page is walked */
export const createInspector = (browser: Browser, issuer: string): Inspector => {
  const contexts = new Map<string, Promise<BrowserContext>>()

  const contextOf = ({ theme, width }: Look): Promise<BrowserContext> => {
    const key = `${theme} ${width}`
    const viewport = { width, height: width === 320 ? 640 : 800 }
    const context = contexts.get(key) ?? browser.newContext({ colorScheme: theme, viewport })
    contexts.set(key, context)
    return context
  }

  return {
    inspect: async (entry, look) => {
      const { page, allowScripts } = await openPage(await contextOf(look), look.script)
      try {
        const traffic = record(page)
        await page.goto(`${issuer}${entry.addressIn(look.locale)}`, { waitUntil: 'load' })
        const budget = await checkBudget(traffic, issuer)
        // Only now, and for the inspector alone: the page's own scripts had their chance, or none.
        await allowScripts(true)
        const { excess, shift } = await measureLayout(page)
        return [
          ...budget,
          ...(excess > 0 ? [`${excess} px wider than the screen`] : []),
          ...(shift > BUDGET.shift ? [`moves by ${shift} while it loads`] : []),
          ...(await runAxe(page)),
          ...traffic.complaints,
        ]
      } finally {
        await page.close()
      }
    },
    close: async () => {
      for (const context of contexts.values()) await (await context).close()
    },
  }
}

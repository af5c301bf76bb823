/** `node test/browser/screenshots.ts`: makes the pictures of docs/screenshots anew, from running programs. */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { findChromium, launchChromium } from '#test/support/chromium.ts'
import { ROOT } from '#test/support/processes.ts'
import { type Demo, startDemo } from './demo.ts'
import { openVisitor, type Visitor } from './visitor.ts'

const FOLDER = join(ROOT, 'docs', 'screenshots')

/** Pictures are read on pages that load slowly too. */
const MAX_BYTES = 300_000

const DEVICES: Readonly<Record<string, BrowserContextOptions>> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
}

/** How a person gets to see each of them, and whether its dark side is shown as well. */
const SCREENS: Readonly<Record<string, { show(visitor: Visitor, demo: Demo): Promise<unknown>; dark?: true }>> = {
  'myproximus-signed-out': { show: ({ page }, { myproximus }) => page.goto(myproximus) },
  'itsme-simulator': {
    show: async ({ page, press }, { myproximus }) => {
      await page.goto(myproximus)
      await press('link', 'Continue with itsme')
    },
  },
  'myproximus-signed-in': { show: ({ logInAs }) => logInAs('lotte'), dark: true },
  unresolved: { show: ({ logInAs }) => logInAs('nora'), dark: true },
  'new-account': {
    show: async ({ logInAs, press }) => {
      await logInAs('nora')
      await press('link', /I am new here/)
    },
    dark: true,
  },
  prove: {
    show: async ({ logInAs, press }) => {
      await logInAs('confirm')
      await press('link', /I have an invoice/)
    },
  },
  'prove-wrong': {
    show: async ({ page, logInAs, press }) => {
      await logInAs('confirm')
      await press('link', /I have an invoice/)
      await page.getByLabel('Customer number').fill('INT-200001')
      await page.getByLabel('Invoice reference').fill('INV-2025-9999999')
      await press('button', 'Continue')
    },
  },
  'upstream-denied': { show: ({ logInAs }) => logInAs('refuse') },
  logout: {
    show: async ({ logInAs, press }) => {
      await logInAs('lotte')
      await press('button', 'Log out')
    },
  },
}

const take = async (browser: Browser, demo: Demo, screen: string, device: string, colorScheme: 'light' | 'dark') => {
  const visitor = await openVisitor(browser, demo, { ...DEVICES[device], colorScheme })
  try {
    await SCREENS[screen]?.show(visitor, demo)
    const file = `${screen}-${device}${colorScheme === 'dark' ? '-dark' : ''}.png`
    await visitor.page.screenshot({ path: join(FOLDER, file), animations: 'disabled' })
    const { size } = statSync(join(FOLDER, file))
    process.stdout.write(`${file} ${Math.ceil(size / 1000)} kB\n`)
    const problems = [...visitor.complaints, ...(size > MAX_BYTES ? ['too large'] : [])]
    if (problems.length > 0) throw new Error(`${file}: ${problems.join('; ')}`)
  } finally {
    await visitor.close()
  }
}

const takeAll = async (browser: Browser, demo: Demo): Promise<void> => {
  for (const [screen, { dark }] of Object.entries(SCREENS)) {
    for (const device of Object.keys(DEVICES)) {
      await take(browser, demo, screen, device, 'light')
      if (dark) await take(browser, demo, screen, device, 'dark')
    }
  }
}

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const demo = await startDemo()
try {
  // Always the one that comes by npm, with its font: the same pictures on every machine.
  const browser = await launchChromium(findChromium(''))
  try {
    await takeAll(browser, demo)
  } finally {
    await browser.close()
  }
} finally {
  await demo.close()
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { ROOT } from '#test/support/processes.ts'
import type { Entry } from './page-matrix.ts'

const FOLDER = join(ROOT, 'docs', 'pages')

/** All pictures together, in bytes: a repository is cloned often. */
const MAX_BYTES = 4_000_000

const SHOTS = [
  { name: 'phone', theme: 'light', width: 390, height: 700, shown: 300 },
  { name: 'phone, dark', theme: 'dark', width: 390, height: 700, shown: 300 },
  { name: 'desktop', theme: 'light', width: 1280, height: 800, shown: 600 },
] as const

const LANGUAGE = 'en'

/** WebP is a third of PNG, and Playwright does not know it. */
const capture = async (page: Page, width: number): Promise<Buffer> => {
  await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight) })
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 })
  return Buffer.from(data, 'base64')
}

const SHEET = 1280
const STYLE = `body{margin:16px;font:16px system-ui;background:#e9e9ee;color:#222;width:1248px}
section{display:flex;gap:16px;align-items:flex-start;margin-bottom:24px}figure{margin:0}
h2{font-size:16px;margin:0 0 8px}img{display:block;border-radius:8px;box-shadow:0 1px 4px #0003}`

const rowOf = async (browser: Browser, issuer: string, entry: Entry): Promise<string> => {
  const images: string[] = []
  for (const { theme, width, height, shown } of SHOTS) {
    const page = await browser.newPage({ colorScheme: theme, viewport: { width, height }, javaScriptEnabled: false })
    await page.goto(`${issuer}${entry.addressIn(LANGUAGE)}`)
    const image = (await page.screenshot({ fullPage: true })).toString('base64')
    images.push(`<figure><img width="${shown}" src="data:image/png;base64,${image}"></figure>`)
    await page.close()
  }
  return `<h2>${entry.state}</h2><section>${images.join('')}</section>`
}

/** Every state of one page under the other, each as on a phone, on a phone in the dark, and on a desktop. */
const pictureOf = async (browser: Browser, issuer: string, entries: readonly Entry[]): Promise<Buffer> => {
  const rows: string[] = []
  for (const entry of entries) rows.push(await rowOf(browser, issuer, entry))
  const sheet = await browser.newPage({ viewport: { width: SHEET, height: 400 } })
  await sheet.setContent(`<style>${STYLE}</style>${rows.join('')}`, { waitUntil: 'load' })
  const picture = await capture(sheet, SHEET)
  await sheet.close()
  return picture
}

const indexOf = (pages: readonly string[]): string => `# The hosted pages

Every page in every state, in English, as on a phone, on a phone in the dark, and on a desktop. All people are synthetic.
Made by \`npm run pages -- pictures\` from the style page, which shows all languages at \`/style\` of a node in development.

${pages.map(page => `## ${page}\n\n![${page}, in all its states](${page}.webp)`).join('\n\n')}
`

/** Makes docs/pages: one picture a page, and a page that shows them. @returns whether they are small enough */
export const picturePages = async (input: {
  browser: Browser
  issuer: string
  entries: readonly Entry[]
  print: (line: string) => void
}): Promise<boolean> => {
  const { browser, issuer, entries, print } = input
  const names = [...new Set(entries.map(({ page }) => page))]
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  let bytes = 0
  for (const name of names) {
    const own = entries.filter(({ page }) => page === name)
    const picture = await pictureOf(browser, issuer, own)
    writeFileSync(join(FOLDER, `${name}.webp`), picture)
    bytes += picture.length
    print(`${name}: ${own.length} states, ${Math.ceil(picture.length / 1000)} kB`)
  }
  print(`${names.length} pictures, ${Math.ceil(bytes / 1000)} kB of ${MAX_BYTES / 1000}`)
  writeFileSync(join(FOLDER, 'README.md'), indexOf(names))
  return bytes <= MAX_BYTES
}

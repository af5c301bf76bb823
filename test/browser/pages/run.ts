/**
 * `npm run pages -- check` looks at every page in all 32 looks; `pictures` makes docs/pages anew; `time` measures the
 * server's part of each page. A name after `check` or `time` narrows them to pages that contain it.
 */
import type { Browser } from 'playwright-core'
import { findChromium, launchChromium } from '#test/support/chromium.ts'
import { startPias } from '#test/support/start-pias.ts'
import { checkPages } from './check-pages.ts'
import { MAIL_ENTRIES, nameOf, PAGE_ENTRIES } from './page-matrix.ts'
import { picturePages } from './picture-pages.ts'
import { timePages } from './time-pages.ts'

const [, , command = '', part = ''] = process.argv
const all = [...PAGE_ENTRIES, ...MAIL_ENTRIES]
const entries = all.filter(entry => nameOf(entry).includes(part))
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const COMMANDS: Readonly<Record<string, (browser: Browser, issuer: string) => Promise<boolean>>> = {
  check: (browser, issuer) => checkPages({ browser, issuer, entries, print }),
  pictures: (browser, issuer) => picturePages({ browser, issuer, entries: all, print }),
  time: (_browser, issuer) => timePages({ issuer, entries, print }),
}

const run = COMMANDS[command]
if (run === undefined) {
  print(`usage: npm run pages -- ${Object.keys(COMMANDS).join('|')} [part of a page's name]`)
  process.exit(2)
}
const pias = await startPias()
// Always the one that comes by npm, with its font: the same pictures on every machine.
const browser = await launchChromium(findChromium(''))
try {
  process.exitCode = (await run(browser, pias.issuer)) ? 0 : 1
} finally {
  await browser.close()
  await pias.close()
}

import type { Browser } from 'playwright-core'
import { createInspector } from './inspector.ts'
import { allLooks, describeLook, type Entry, nameOf } from './page-matrix.ts'

/** Looks at every state in every look. @returns whether nothing was wrong; what was is printed, and the count */
export const checkPages = async (input: {
  browser: Browser
  issuer: string
  entries: readonly Entry[]
  print: (line: string) => void
}): Promise<boolean> => {
  const { browser, issuer, entries, print } = input
  const inspector = createInspector(browser, issuer)
  let looks = 0
  let wrong = 0
  for (const entry of entries) {
    const before = wrong
    for (const look of allLooks()) {
      looks += 1
      for (const problem of await inspector.inspect(entry, look)) {
        wrong += 1
        print(`${nameOf(entry)}, ${describeLook(look)}: ${problem}`)
      }
    }
    print(`${nameOf(entry)}: ${wrong === before ? 'good' : 'see above'}`)
  }
  await inspector.close()
  print(`${entries.length} states, ${looks} looks, ${wrong} problems`)
  return wrong === 0 && looks > 0
}

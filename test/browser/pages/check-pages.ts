import type { Browser } from 'playwright-core'
import { LOCALES } from '#src/kernel/identity.ts'
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
    // The eight looks of a language at a time.
    for (const locale of LOCALES) {
      const some = allLooks().filter(look => look.locale === locale)
      const found = await Promise.all(
        some.map(async look => ({ look, problems: await inspector.inspect(entry, look) })),
      )
      looks += found.length
      for (const { look, problems } of found) {
        wrong += problems.length
        for (const problem of problems) print(`${nameOf(entry)}, ${describeLook(look)}: ${problem}`)
      }
    }
    print(`${nameOf(entry)}: ${wrong === before ? 'good' : 'see above'}`)
  }
  await inspector.close()
  print(`${entries.length} states, ${looks} looks, ${wrong} problems`)
  return wrong === 0 && looks > 0
}

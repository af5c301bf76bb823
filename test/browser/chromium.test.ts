import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { type Chromium, findChromium, launchChromium } from '#test/support/chromium.ts'

/** The libraries an executable would load, by name: where each was found. */
const librariesOf = ({ executablePath, env }: Chromium): Map<string, string> => {
  const listing = execFileSync('ldd', [executablePath], { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' })
  return new Map([...listing.matchAll(/(\S+) => (.+?)(?: \(0x|\n)/g)].map(([, name = '', path = '']) => [name, path]))
}

const titleIn = async (found: Chromium): Promise<[string, string]> => {
  const browser = await launchChromium(found)
  try {
    const page = await browser.newPage()
    await page.goto('data:text/html,<title>Here</title><h1 style="font: 40px sans-serif">Here</h1>')
    return [await page.title(), browser.version()]
  } finally {
    await browser.close()
  }
}

describe('the Chromium of the tests', () => {
  test('is the one on the PATH, when there is one', async () => {
    const packaged = findChromium('')
    const found = findChromium(dirname(packaged.executablePath))
    expect(found).toEqual({ executablePath: packaged.executablePath, env: {} })
  })

  test('else comes by npm, and brings the libraries that a bare machine lacks', async () => {
    const packaged = findChromium('')
    const libraries = librariesOf(packaged)
    expect([...libraries].filter(([, path]) => path.includes('not found'))).toEqual([])
    const own = [...libraries].filter(([, path]) => path.startsWith(packaged.env.LD_LIBRARY_PATH ?? '-'))
    expect(own.map(([name]) => name)).toEqual(
      expect.arrayContaining(['libnss3.so', 'libnssutil3.so', 'libnspr4.so', 'libexpat.so.1']),
    )
    // What is left to the machine is the C library and what comes with it.
    const theirs = [...libraries.keys()].filter(name => !own.some(([ownName]) => ownName === name))
    expect(
      theirs.filter(name => !/^(lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+)\.so|linux-vdso|ld-linux)/.test(name)),
    ).toEqual([])
    expect(await titleIn(packaged)).toEqual(['Here', expect.stringMatching(/^\d+\./)])
  })
})

import { execFileSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Where a Chromium is, and what it needs in its environment. */
export type Chromium = { readonly executablePath: string; readonly env: Readonly<Record<string, string>> }

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const MODULES = join(import.meta.dirname, '..', '..', 'node_modules')

/** Quiet, and without a sandbox: containers run tests as root, where Chromium cannot have one. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = (path: string): string | undefined =>
  path
    .split(delimiter)
    .filter(folder => folder !== '')
    .flatMap(folder => NAMES.map(name => join(folder, name)))
    .find(isExecutable)

/**
 * What the package does only on the machines it was made for: unpack nss, and name the folder of its fonts. It runs in a
 * process of its own, because it takes the folder from the environment.
 */
const UNPACK = "const chromium = await import('@sparticuz/chromium'); await chromium.default.executablePath()"

/** The package's own file names folders of the machines it was made for. Its one family stands for all the others. */
const fontsConf = (folder: string): string => `<?xml version="1.0"?>
<fontconfig>
<dir>${folder}</dir>
<dir>/usr/share/fonts</dir>
<cachedir>${folder}/cache</cachedir>
${['sans-serif', 'system-ui'].map(name => `<alias><family>${name}</family><prefer><family>Open Sans</family></prefer></alias>`).join('\n')}
</fontconfig>
`

const unpack = (folder: string): void => {
  const cache = join(MODULES, '.cache')
  mkdirSync(cache, { recursive: true })
  const staging = mkdtempSync(join(cache, 'chromium-'))
  execFileSync(process.execPath, ['--input-type=module', '--eval', UNPACK], {
    cwd: MODULES,
    env: { TMPDIR: staging, TEMP: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  })
  writeFileSync(join(staging, 'fonts', 'fonts.conf'), fontsConf(join(folder, 'fonts')))
  try {
    // At once, so that nobody starts half a Chromium.
    renameSync(staging, folder)
  } catch (error) {
    rmSync(staging, { recursive: true })
    if (!existsSync(folder)) throw error
  }
}

/** The Chromium of the npm package `@sparticuz/chromium`, unpacked once, with the libraries and fonts it brings along. */
const fromPackage = (): Chromium => {
  const { version } = JSON.parse(readFileSync(join(MODULES, '@sparticuz', 'chromium', 'package.json'), 'utf8'))
  const folder = join(MODULES, '.cache', `chromium-${version}`)
  if (!existsSync(folder)) unpack(folder)
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  }
}

/**
 * Finds a Chromium: the one on the PATH, else the one of the npm package.
 * @throws Error when the package is not there or cannot be unpacked; a machine without a browser fails its tests
 */
export const findChromium = (path = process.env.PATH ?? ''): Chromium => {
  const executablePath = onPath(path)
  return executablePath === undefined ? fromPackage() : { executablePath, env: {} }
}

/** Starts a Chromium without a window. */
export const launchChromium = async ({ executablePath, env } = findChromium()): Promise<Browser> =>
  chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...env } as Record<string, string> })

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const REGISTERED = 'http://localhost:3200'

/**
 * Copies the registrations of the sample apps, with MyProximus at another address: redirect URIs are compared letter by
 * letter, so a port of one's own needs a registration of its own.
 * @param to the folder for the copies, made when missing
 * @throws file system errors
 */
export const copyClientFiles = (options: { root: string; to: string; myproximus: string }): void => {
  const { root, to, myproximus } = options
  const samples = join(root, 'examples', 'relying-parties')
  mkdirSync(to, { recursive: true })
  for (const sample of readdirSync(samples)) {
    const file = join(samples, sample, 'client.json')
    if (!existsSync(file)) continue
    writeFileSync(join(to, `${sample}.json`), readFileSync(file, 'utf8').replaceAll(`${REGISTERED}/`, `${myproximus}/`))
  }
}

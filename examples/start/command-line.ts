import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const { dataDir, upstreams } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'config', 'default.json'), 'utf8'),
) as { dataDir: string; upstreams: { itsme: { issuer: string } } }

/** What need not be said, for it is so anyway. */
const DEFAULTS: Readonly<Record<string, string>> = {
  PIAS_DATA_DIR: dataDir,
  PIAS_UPSTREAM_ITSME_ISSUER: upstreams.itsme.issuer,
}

/** A value as one word of a shell. */
const quoted = (value: string): string =>
  /^[\w./:@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`

/**
 * What somebody types in another terminal, so that `pias` works on what `npm start` runs, and a command to begin with.
 * @param variables what PIAS itself was started with; nothing secret
 */
export const commandLine = (variables: Readonly<Record<string, string>>): string => {
  const said = Object.entries(variables).filter(([name, value]) => DEFAULTS[name] !== value)
  const words = said.map(([name, value]) => `${name}=${quoted(value)}`)
  return `export ${words.join(' ')}\nnpm run pias -- rollout show --client myproximus-web\n`
}

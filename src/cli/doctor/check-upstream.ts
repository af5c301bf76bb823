import type { Config } from '#src/config/schema.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { type Check, fine, wrong } from './finding.ts'
import { discoveryOf, readJson } from './read-json.ts'

/** PIAS takes tokens of a clock that is so far off. */
const CLOCK_MS = 10_000

/** Whether an upstream answers, with keys, and agrees what time it is. */
export const checkUpstream = (
  [id, { issuer }]: [string, Config['upstreams'][string]],
  clock: Clock,
): readonly Check[] => [
  {
    what: `upstream ${id}: discovery and keys`,
    run: async () => {
      const { status, json } = await readJson(discoveryOf(issuer))
      if (status !== 200) return wrong(`discovery answers ${status}`, `look at upstreams.${id}.issuer, and the way out`)
      if (json.issuer !== issuer) return wrong(`says that it is ${json.issuer}`, `correct upstreams.${id}.issuer`)
      const keys = (await readJson(`${json.jwks_uri}`)).json.keys
      return Array.isArray(keys) && keys.length > 0
        ? fine(`${keys.length} keys`)
        : wrong('has no keys', 'ask the upstream')
    },
  },
  {
    what: `clock, by upstream ${id}`,
    run: async () => {
      const { date } = await readJson(discoveryOf(issuer))
      const off = Math.abs(clock() - Date.parse(date ?? ''))
      if (Number.isNaN(off)) return fine('it does not tell the time')
      return off < CLOCK_MS ? fine('agrees') : wrong(`is ${Math.round(off / 1000)} s off`, 'set the clock by NTP')
    },
  },
]

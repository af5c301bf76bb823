import type { Config } from '#src/config/schema.ts'
import { type Check, fine, wrong } from './finding.ts'
import { discoveryOf, readJson } from './read-json.ts'

/** Whether a node answers at the issuer, as the issuer, through whatever is before it. */
export const checkIssuer = ({ issuer }: Pick<Config, 'issuer'>): Check => ({
  what: 'PIAS at its issuer',
  run: async () => {
    const { status, json } = await readJson(discoveryOf(issuer))
    if (status === 421) {
      const fix = 'let the proxy pass the Host header on unchanged and set X-Forwarded-Proto; set PIAS_PROXY_HOPS to 1'
      return wrong('answers to another host, or to http', fix)
    }
    if (status !== 200) return wrong(`discovery answers ${status}`, 'start a node, or fix the way to it')
    if (json.issuer !== issuer)
      return wrong(`says that it is ${json.issuer}`, 'set PIAS_ISSUER to what the proxy serves')
    const endpoints = [json.authorization_endpoint, json.token_endpoint, json.jwks_uri].map(String)
    const foreign = endpoints.find(endpoint => !endpoint.startsWith(`${issuer}/`))
    return foreign === undefined ? fine(issuer) : wrong(`names ${foreign}`, 'let the proxy set X-Forwarded-Proto')
  },
})

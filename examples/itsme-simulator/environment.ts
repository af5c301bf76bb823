import {
  type Client,
  DEFAULT_SCOPES,
  SERVICES,
  type Service,
  type ServiceCode,
  SWITCHES,
  type Switches,
} from './options.ts'

const SERVICE_CODES = 'PIAS_LOGIN,PIAS_REGISTRATION=identification,PIAS_CONFIRMATION=confirmation'

const list = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

const readServiceCodes = (text: string, problems: string[]): Record<string, ServiceCode> => {
  const codes: Record<string, ServiceCode> = {}
  for (const entry of list(text)) {
    const [code = '', service = 'authentication'] = entry.split('=')
    if (SERVICES.includes(service as Service)) codes[code] = { service: service as Service }
    else problems.push(`SIM_SERVICE_CODES: "${service}" is none of ${SERVICES.join(', ')}`)
  }
  return codes
}

const readPort = (text: string, problems: string[]): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535) problems.push('SIM_PORT must be a port number')
  return port
}

/** The variable of a switch: `userinfoType` is SIM_USERINFO_TYPE. */
export const switchVariable = (name: string): string => `SIM_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`

const readSwitches = (env: NodeJS.ProcessEnv, problems: string[]): Partial<Switches> => {
  const given = Object.entries(SWITCHES).flatMap(([name, values]) => {
    const value = env[switchVariable(name)]
    if (value === undefined) return []
    if (!values.some(known => known === value)) problems.push(`${switchVariable(name)} must be ${values.join(' or ')}`)
    return [[name, value]]
  })
  return Object.fromEntries(given)
}

type Settings = { port: number; host: string; clients: Client[]; switches: Partial<Switches> }

/**
 * The settings of the program: SIM_PORT, SIM_HOST, SIM_CLIENT_ID, SIM_REDIRECT_URIS (comma separated),
 * SIM_CLIENT_JWKS_URI, SIM_REQUEST_URIS (comma separated beginnings), SIM_SERVICE_CODES (comma separated `CODE` or
 * `CODE=authentication|identification|confirmation`), SIM_SCOPES (space separated, beside openid), and a variable for
 * each switch.
 * @throws Error with every problem in one line
 */
export const readEnvironment = (env: NodeJS.ProcessEnv): Settings => {
  const problems: string[] = []
  const port = readPort(env.SIM_PORT ?? '3100', problems)
  const redirectUris = list(env.SIM_REDIRECT_URIS ?? 'http://localhost:3000/callback/itsme')
  const jwksUri = env.SIM_CLIENT_JWKS_URI ?? 'http://localhost:3000/upstream/itsme/jwks'
  const requestUris = list(env.SIM_REQUEST_URIS ?? 'http://localhost:3000/upstream/itsme/request/')
  for (const url of [...redirectUris, ...requestUris, jwksUri])
    if (!URL.canParse(url)) problems.push(`"${url}" is not a URL`)
  const serviceCodes = readServiceCodes(env.SIM_SERVICE_CODES ?? SERVICE_CODES, problems)
  const switches = readSwitches(env, problems)
  const scopes = (env.SIM_SCOPES ?? DEFAULT_SCOPES.join(' ')).split(' ')
  if (problems.length > 0) throw new Error(problems.join('; '))

  const clientId = env.SIM_CLIENT_ID ?? 'PIAS_DEMO'
  const client: Client = { clientId, redirectUris, jwksUri, requestUris, serviceCodes, scopes }
  return { port, host: env.SIM_HOST ?? '127.0.0.1', clients: [client], switches }
}

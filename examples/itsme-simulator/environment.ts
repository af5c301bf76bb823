import { type Client, SERVICES, type Service, type ServiceCode } from './options.ts'

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

/**
 * The settings of the program: SIM_PORT, SIM_HOST, SIM_CLIENT_ID, SIM_REDIRECT_URIS (comma separated),
 * SIM_CLIENT_JWKS_URI, and SIM_SERVICE_CODES (comma separated `CODE` or
 * `CODE=authentication|identification|confirmation`).
 * @throws Error with every problem in one line
 */
export const readEnvironment = (env: NodeJS.ProcessEnv): { port: number; host: string; clients: Client[] } => {
  const problems: string[] = []
  const port = readPort(env.SIM_PORT ?? '3100', problems)
  const redirectUris = list(env.SIM_REDIRECT_URIS ?? 'http://localhost:3000/callback/itsme')
  const jwksUri = env.SIM_CLIENT_JWKS_URI ?? 'http://localhost:3000/upstream/itsme/jwks'
  for (const url of [...redirectUris, jwksUri]) if (!URL.canParse(url)) problems.push(`"${url}" is not a URL`)
  const serviceCodes = readServiceCodes(env.SIM_SERVICE_CODES ?? SERVICE_CODES, problems)
  if (problems.length > 0) throw new Error(problems.join('; '))

  const client: Client = { clientId: env.SIM_CLIENT_ID ?? 'PIAS_DEMO', redirectUris, jwksUri, serviceCodes }
  return { port, host: env.SIM_HOST ?? '127.0.0.1', clients: [client] }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildProcesses, Server } from './child-processes.ts'
import { writeCustomerBase } from './customer-base.ts'
import type { Target } from './driver/relying-party.ts'
import { freePort } from './free-port.ts'

/** The servers of a run that were asked for, and the upstream they share. */
export type Servers = {
  readonly upstreamOrigin: string
  readonly baseline: (Target & Server) | undefined
  readonly pias: (Target & Server) | undefined
  readonly customerRecords: number
}
type Plan = { readonly port: number; readonly target: Target }

const UPSTREAM_CLIENT = { baseline: 'BENCHBASELINE', pias: 'BENCHPIAS' }

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const plan = async (scope: string): Promise<Plan> => {
  const port = await freePort()
  const target = {
    issuer: `http://127.0.0.1:${port}`,
    clientId: 'bench-relying-party',
    clientSecret: 'bench-relying-party-secret-of-no-worth',
    redirectUri: 'http://127.0.0.1:1/relying-party/callback', // never requested: the driver stops there
    scope,
  }
  return { port, target }
}

/** RFC 7591 names, for the baseline's configuration and for PIAS's client file alike. */
const clientMetadataOf = (target: Target) => ({
  client_id: target.clientId,
  client_secret: target.clientSecret,
  client_name: 'Benchmark',
  redirect_uris: [target.redirectUri],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
})

const startUpstream = (children: ChildProcesses, baseline: Plan, pias: Plan): Promise<Server> => {
  const clients = [
    {
      clientId: UPSTREAM_CLIENT.baseline,
      jwksUri: `${baseline.target.issuer}/upstream/jwks`,
      redirectUri: `${baseline.target.issuer}/callback`,
    },
    {
      clientId: UPSTREAM_CLIENT.pias,
      jwksUri: `${pias.target.issuer}/upstream/itsme/jwks`,
      redirectUri: `${pias.target.issuer}/callback/itsme`,
    },
  ]
  return children.startServer({ name: 'upstream', args: [script('upstream/main.ts'), JSON.stringify({ clients })] })
}

const startBaseline = async (children: ChildProcesses, { port, target }: Plan, upstream: string) => {
  const client = { ...clientMetadataOf(target), id_token_signed_response_alg: 'RS256' }
  const options = { port, upstream, upstreamClientId: UPSTREAM_CLIENT.baseline, client }
  const args = [script('baseline/main.ts'), JSON.stringify(options)]
  return { ...target, ...(await children.startServer({ name: 'baseline', args })) }
}

const startPias = async (children: ChildProcesses, { port, target }: Plan, upstream: string, people: number) => {
  const clients = join(children.directory, 'clients')
  const customers = join(children.directory, 'customers.jsonl')
  mkdirSync(clients)
  const client = { ...clientMetadataOf(target), scope: target.scope }
  writeFileSync(join(clients, `${target.clientId}.json`), JSON.stringify(client, undefined, 2))
  const env = {
    PIAS_ENVIRONMENT: 'development', // plain HTTP on loopback
    PIAS_PORT: String(port),
    PIAS_ISSUER: target.issuer,
    PIAS_DATA_DIR: join(children.directory, 'data'),
    PIAS_CLIENTS_DIR: clients,
    PIAS_UPSTREAM_ITSME_ISSUER: upstream,
    PIAS_UPSTREAM_ITSME_CLIENT_ID: UPSTREAM_CLIENT.pias,
  }
  const customerRecords = writeCustomerBase(customers, people)
  await children.run({ name: 'import', args: [script('../src/cli/pias.ts'), 'customers', 'import', customers], env })
  const server = await children.startServer({ name: 'pias', args: [script('../src/main.ts')], env })
  return { pias: { ...target, ...server }, customerRecords }
}

/** Starts the upstream and the servers under test, each in a process of its own; PIAS on the embedded store. */
export const startServers = async (
  children: ChildProcesses,
  options: { readonly only: 'baseline' | 'pias' | undefined; readonly people: number },
): Promise<Servers> => {
  const baselinePlan = await plan('openid profile')
  const piasPlan = await plan('openid profile customer')
  const { ready } = await startUpstream(children, baselinePlan, piasPlan)
  const issuer = String(ready.issuer)
  const baseline = options.only === 'pias' ? undefined : await startBaseline(children, baselinePlan, issuer)
  const started = options.only === 'baseline' ? undefined : await startPias(children, piasPlan, issuer, options.people)
  return {
    upstreamOrigin: new URL(issuer).origin,
    baseline,
    pias: started?.pias,
    customerRecords: started?.customerRecords ?? 0,
  }
}

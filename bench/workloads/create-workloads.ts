import { createLogin, type Login } from '#bench/driver/login.ts'
import { describeProvider } from '#bench/driver/provider.ts'
import { createRelyingParty } from '#bench/driver/relying-party.ts'
import type { Target } from '#bench/servers/server.ts'
import { createLoginWorkloads } from './login-workloads.ts'
import type { WorkloadName } from './names.ts'
import { createRefresh } from './refresh.ts'
import { createWorkload, timed, type Workload } from './workload.ts'

/** Every workload on one server; `accounts` holds the subject of everybody who ever logged in there. */
export type Workloads = Readonly<Record<WorkloadName, Workload>> & { readonly accounts: ReadonlySet<string> }

/** Creates the workloads of one server, whose metadata and keys are read now. */
export const createWorkloads = async (
  server: { target: Target; links: boolean },
  upstreamOrigin: string,
  concurrency: number,
): Promise<Workloads> => {
  const { issuer, clients } = server.target
  const provider = await describeProvider(issuer)
  const relyingParty = createRelyingParty(provider, clients.login)
  const offline = createRelyingParty(provider, clients.offline)
  const machine = createRelyingParty(provider, clients.machine)
  const accounts = new Set<string>()
  const seen = (logins: readonly Login[]): void => {
    for (const { subject } of logins) accounts.add(subject)
  }
  const login = createLogin(relyingParty, upstreamOrigin)
  return {
    accounts,
    ...createLoginWorkloads({ relyingParty, login, links: server.links, concurrency, seen }),
    refresh: createRefresh({ relyingParty: offline, login: createLogin(offline, upstreamOrigin), concurrency, seen }),
    'client-credentials': createWorkload({ operate: http => timed(() => machine.clientCredentials(http)) }),
  }
}

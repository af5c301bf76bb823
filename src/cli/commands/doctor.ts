import { checkCertificate } from '#src/cli/doctor/check-certificate.ts'
import { checkClients } from '#src/cli/doctor/check-clients.ts'
import { checkIssuer } from '#src/cli/doctor/check-issuer.ts'
import { checkLogin } from '#src/cli/doctor/check-login.ts'
import { checkStore } from '#src/cli/doctor/check-store.ts'
import { checkUpstream } from '#src/cli/doctor/check-upstream.ts'
import { type Finding, faultOf, wrong } from '#src/cli/doctor/finding.ts'
import { streamFromStore } from '#src/cli/offline.ts'
import type { Outcome, Shown } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import type { Store } from '#src/store/ports/store.ts'

const lineOf = (what: string, finding: Finding): string => {
  if ('fine' in finding) return `ok      ${what}: ${finding.fine}`
  return 'warning' in finding
    ? `warning ${what}: ${finding.warning}; ${finding.fix}`
    : `wrong   ${what}: ${finding.wrong}; ${finding.fix}`
}

/** Everything there is to look at, one after the other. */
async function* look(terminal: Terminal, store: Store): AsyncGenerator<Shown> {
  const { clock } = terminal
  const config = terminal.loadConfig()
  const checks = [
    checkIssuer(config),
    ...checkCertificate(config.issuer, clock),
    ...checkLogin(config),
    ...Object.entries(config.upstreams).flatMap(upstream => checkUpstream(upstream, clock)),
    ...checkStore(store, config, clock),
    ...(await checkClients(config, store.clients, clock)),
  ]
  for (const { what, run } of checks) {
    const finding = await run().catch(error => wrong(`no answer (${faultOf(error)})`, 'check the way to it'))
    const line = { value: { what, ...finding }, text: `${lineOf(what, finding)}\n` }
    yield 'wrong' in finding ? { ...line, end: 'wrong' } : line
  }
}

/**
 * `doctor`: looks at what has to fit: the issuer and the proxy before it, its certificate, the redirects and cookies of a
 * login, the clock, the upstreams, the store, the keys of apps. It is `wrong` when something does not; a warning is none.
 * Changes nothing but the counter that tells whether the store takes writes; the login that it begins expires.
 * @throws what the configuration and the store throw when they cannot be opened
 */
export const runDoctor = (terminal: Terminal): Outcome => ({
  lines: streamFromStore({ terminal }, store => look(terminal, store)),
})

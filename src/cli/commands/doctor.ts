import { checkCertificate } from '#src/cli/doctor/check-certificate.ts'
import { checkClients } from '#src/cli/doctor/check-clients.ts'
import { checkIssuer } from '#src/cli/doctor/check-issuer.ts'
import { checkLogin } from '#src/cli/doctor/check-login.ts'
import { checkStore } from '#src/cli/doctor/check-store.ts'
import { checkUpstream } from '#src/cli/doctor/check-upstream.ts'
import { type Finding, faultOf, wrong } from '#src/cli/doctor/finding.ts'
import { withStore } from '#src/cli/offline.ts'
import type { Terminal } from '#src/cli/terminal.ts'

const lineOf = (what: string, finding: Finding): string => {
  if ('fine' in finding) return `ok      ${what}: ${finding.fine}`
  return 'warning' in finding
    ? `warning ${what}: ${finding.warning}; ${finding.fix}`
    : `wrong   ${what}: ${finding.wrong}; ${finding.fix}`
}

/**
 * `doctor`: looks at what has to fit: the issuer and the proxy before it, its certificate, the redirects and cookies of a
 * login, the clock, the upstreams, the store, the keys of apps. Exit code 2 when something does not; a warning is none.
 * Changes nothing but the counter that tells whether the store takes writes; the login that it begins expires.
 * @throws what the configuration and the store throw when they cannot be opened
 */
export const runDoctor = async (terminal: Terminal, { json }: { json?: true }): Promise<void> => {
  const { clock, stdout } = terminal
  const config = terminal.loadConfig()
  await withStore({ terminal, dataDir: terminal.defaultDataDir }, async store => {
    const checks = [
      checkIssuer(config),
      ...checkCertificate(config.issuer, clock),
      ...checkLogin(config),
      ...Object.entries(config.upstreams).flatMap(upstream => checkUpstream(upstream, clock)),
      ...checkStore(store, config, clock),
      ...(await checkClients(config, store.clients, clock)),
    ]
    for (const { what, run } of checks) {
      const finding = await run().catch(error => wrong(`no answer (${faultOf(error)})`, 'look at the way to it'))
      stdout.write(`${json ? JSON.stringify({ what, ...finding }) : lineOf(what, finding)}\n`)
      if ('wrong' in finding) terminal.setExitCode(2)
    }
  })
}

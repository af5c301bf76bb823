import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Clock } from '#src/kernel/runtime.ts'
import { type Check, type Finding, fine, warning, wrong } from './finding.ts'
import { TIMEOUT_MS } from './read-json.ts'

const DAY_MS = 24 * 3600 * 1000
/** Whoever renews a certificate of ninety days does so a month before; later than this, nothing renews it. */
const WARNING_DAYS = 21

const FIXES: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'get a certificate for the host of the issuer',
  CERT_HAS_EXPIRED: 'renew it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'serve the intermediate certificates with it',
}
const OTHER_FIX = 'get one from an authority that browsers trust, or trust yours with NODE_EXTRA_CA_CERTS'

/** What is shown to whoever connects, whether it holds or not. `fault`: why it does not. */
type Shown = { readonly fault?: string; readonly validTo: number }

const shownBy = ({ hostname, port }: URL): Promise<Shown> =>
  new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const name = isIP(host) === 0 ? { servername: host } : {}
    // One that does not hold is to be told, not only refused; nothing is sent to whoever shows it.
    const socket = connect({ host, port: Number(port || 443), ...name, rejectUnauthorized: false })
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(TIMEOUT_MS, () => fail(Object.assign(new Error('no handshake'), { code: 'ETIMEDOUT' })))
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      const validTo = Date.parse(socket.getPeerCertificate().valid_to)
      // Node's types say Error; it is the code as a string.
      const fault = socket.authorized ? {} : { fault: `${socket.authorizationError}` }
      socket.destroy()
      resolve({ ...fault, validTo })
    })
  })

const judge = ({ fault, validTo }: Shown, now: number): Finding => {
  const days = Math.floor((validTo - now) / DAY_MS)
  if (fault !== undefined) return wrong(`does not hold (${fault})`, FIXES[fault] ?? OTHER_FIX)
  if (days < 0) return wrong('has expired', 'renew it')
  return days < WARNING_DAYS
    ? warning(`expires in ${days} days`, 'find out why nothing has renewed it')
    : fine(`for ${days} days yet`)
}

/** The certificate at an https issuer: of an authority that is trusted, for the host, and for how long; else no check. */
export const checkCertificate = (issuer: string, clock: Clock): readonly Check[] => {
  const url = new URL(issuer)
  if (url.protocol !== 'https:') return []
  return [{ what: 'certificate of the issuer', run: async () => judge(await shownBy(url), clock()) }]
}

import { createTransport } from 'nodemailer'
import type { SendOutcome, Transport } from './port.ts'

/** Each step of the conversation; a whole one stays far below a message's lease. */
const STEP_MS = 8_000

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Codes that concern this message: the recipient or the content is refused for good (RFC 5321, 4.2.1: 5yz). A refused
 * login or sender is ours to mend, so it is tried again.
 */
const isRefusal = ({ code, responseCode = 0 }: { code?: string; responseCode?: number }): boolean =>
  responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')

const failureOf = (error: unknown): SendOutcome => {
  const known = error as { code?: string; responseCode?: number; name?: string }
  const reply = known.responseCode === undefined ? undefined : `SMTP ${known.responseCode}`
  return { kind: isRefusal(known) ? 'refused' : 'failed', reason: reply ?? known.code ?? known.name ?? 'unknown' }
}

/** Mail by SMTP, encrypted unless the server is on this machine. `host` is what message ids end in. */
export const createSmtp = (config: { url: string; from: string; host: string }): Transport => {
  const { protocol, hostname } = new URL(config.url)
  const mailer = createTransport({
    url: config.url,
    requireTLS: protocol === 'smtp:' && !LOOPBACK.has(hostname),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async ({ key, to, subject, text, html }) => {
    try {
      await mailer.sendMail({
        from: config.from,
        // As an object: it is one address, whatever stands in it.
        to: { name: '', address: to },
        subject: subject ?? '',
        text,
        ...(html === undefined ? {} : { html }),
        messageId: `<${key}@${config.host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return { kind: 'sent' }
    } catch (error) {
      return failureOf(error)
    }
  }
}

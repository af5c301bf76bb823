import type { MessagesConfig, TransportConfig } from './config.ts'
import type { Outbox } from './transports/outbox.ts'
import type { Transport } from './transports/port.ts'

/** How a message reaches somebody. */
export type Channel = 'sms' | 'mail'

/** The ways out that there are; a channel without one reaches nobody. */
export type Transports = Readonly<Partial<Record<Channel, Transport>>>

const openTransport = async (
  channel: Channel,
  config: TransportConfig,
  deps: { host: string; outbox: Outbox },
): Promise<Transport | undefined> => {
  switch (config.kind) {
    case 'smtp':
      return (await import('./transports/smtp.ts')).createSmtp({ ...config, host: deps.host })
    case 'http':
      return (await import('./transports/http-gateway.ts')).createHttpGateway(config)
    case 'outbox':
      return deps.outbox.transport(channel)
    case 'none':
      return undefined
  }
}

/**
 * Opens the configured ways out; what is not configured is the outbox in development and nothing in production.
 * @param deps.host of the issuer
 */
export const openTransports = async (
  config: MessagesConfig,
  deps: { host: string; outbox: Outbox; development: boolean },
): Promise<Transports> => {
  const unsaid = { kind: deps.development ? 'outbox' : 'none' } as const
  const sms = await openTransport('sms', config.sms ?? unsaid, deps)
  const mail = await openTransport('mail', config.mail ?? unsaid, deps)
  return { ...(sms && { sms }), ...(mail && { mail }) }
}

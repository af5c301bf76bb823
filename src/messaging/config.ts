import { z } from 'zod'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What is said to people leaves this machine encrypted. */
const isSafe = (url: URL, secure: string): boolean => url.protocol === secure || LOOPBACK.has(url.hostname)

const gatewayUrl = z.url({ protocol: /^https?$/ }).refine(text => isSafe(new URL(text), 'https:'), {
  error: 'must be https (http only on loopback)',
})

/** `smtps://user:password@host:465`, or `smtp://…:587`, which asks for STARTTLS. */
const smtpUrl = z.url({ protocol: /^smtps?$/, error: 'must begin with smtps:// or smtp://' })

const http = z.strictObject({
  kind: z.literal('http'),
  /** Messages are posted here as JSON. */
  url: gatewayUrl,
  /** Sent as a bearer token. */
  token: z.string().min(1).optional(),
})

const outbox = z.strictObject({ kind: z.literal('outbox') })
const none = z.strictObject({ kind: z.literal('none') })

/** How messages leave; by default the outbox in development, else not at all. */
export const messagesConfigSchema = z
  .strictObject({
    sms: z.discriminatedUnion('kind', [http, outbox, none]).optional(),
    mail: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('smtp'),
          url: smtpUrl,
          /** The sender, such as `Proximus <no-reply@id.example>`. */
          from: z.string().min(3),
        }),
        http,
        outbox,
        none,
      ])
      .optional(),
  })
  .prefault({})

/** What a node is told about messages. */
export type MessagesConfig = z.infer<typeof messagesConfigSchema>

/** The channels whose messages are shown instead of sent. */
export const outboxesOf = (config: MessagesConfig): readonly ('sms' | 'mail')[] =>
  (['sms', 'mail'] as const).filter(channel => config[channel]?.kind === 'outbox')

/** A way out in either channel. */
export type TransportConfig = NonNullable<MessagesConfig['mail']>

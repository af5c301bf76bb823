import { z } from 'zod'

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const
export type PasskeyTransport = (typeof TRANSPORTS)[number]

const schema = z.object({
  /** COSE, base64url. */
  publicKey: z.string(),
  transports: z.array(z.enum(TRANSPORTS)).catch([]),
  /** Whether it is kept beyond its device, as password managers do. */
  backedUp: z.boolean(),
  device: z.string().optional(),
})

/** What is kept of a passkey beside its id and counter. */
export type PasskeyDocument = z.output<typeof schema>

export const encodePasskey = (passkey: PasskeyDocument): string => JSON.stringify(passkey)

/** The inverse of {@link encodePasskey}. */
export const decodePasskey = (document: string): PasskeyDocument => schema.parse(JSON.parse(document))

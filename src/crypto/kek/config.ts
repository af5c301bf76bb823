import { z } from 'zod'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** https, or plain HTTP on this machine: the token and the keys go over it. */
const vaultUrl = z.string().superRefine((value, context) => {
  const url = URL.parse(value)
  const fail = (message: string) => context.addIssue({ code: 'custom', message })
  if (url === null) return fail('is not a URL')
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (!allowed) return fail('must be https (http only on loopback)')
  if (url.username !== '' || url.search !== '' || url.hash !== '') return fail('must have no user, query or fragment')
})

const segment = z.string().regex(/^\w[\w.-]*$/, 'may have letters, digits, _ . and - only')

const kinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), file: z.string().min(1).optional() }),
  z.strictObject({
    kind: z.literal('vault-transit'),
    url: vaultUrl,
    /** Either the token, or a file that holds it and nothing else, read with every call: tokens are renewed. */
    token: z.string().min(1).optional(),
    tokenFile: z.string().min(1).optional(),
    keyName: segment.default('pias'),
    /** Where the engine is mounted. */
    mount: z
      .string()
      .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/, 'is not a path')
      .default('transit'),
    namespace: z.string().min(1).optional(),
    /** Milliseconds one call may take. */
    timeoutMs: z.int().positive().default(3000),
    /** How long nodes go on when Vault does not answer. */
    leaseSeconds: z.int().positive().default(300),
  }),
])

/**
 * Where the key-encryption key is.
 *
 * - `file`: a file of secrets (key-file.ts). In development it is made when missing, by default beside the data; in
 *   production it must be named and be there.
 * - `vault-transit`: a key of the transit engine of HashiCorp Vault or OpenBao, of type `aes256-gcm96`.
 */
export const kekConfigSchema = kinds.superRefine((kek, context) => {
  if (kek.kind !== 'vault-transit' || (kek.token === undefined) !== (kek.tokenFile === undefined)) return
  context.addIssue({ code: 'custom', path: ['token'], message: 'needs either token or tokenFile' })
})

/** Where the key-encryption key is, as it was configured. */
export type KekConfig = z.output<typeof kekConfigSchema>
export type VaultTransitConfig = Extract<KekConfig, { kind: 'vault-transit' }>

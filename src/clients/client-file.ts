import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { inputWords } from '#src/kernel/input-words.ts'
import { type ClientMetadata, clientMetadataSchema, usesSecret } from './client-metadata.ts'
import { hashSecret, LIVE_SECRETS, SECRET_HASH } from './client-secrets.ts'
import type { Schema } from './described-files.ts'

/** A secret that a file gives; its id begins like its hash. When it was made nobody says; `expiresAt` in epoch milliseconds. */
type FileSecret = { readonly id: string; readonly hash: string; readonly expiresAt?: number }

/** What a client file describes. */
export type ClientFile = { readonly client: ClientMetadata; readonly secrets: readonly FileSecret[] }

/** Below this a secret may be a word that somebody chose; what is in development stays on this machine. */
const LEAST_SECRET_LENGTH = { development: 8, production: 32 } as const

/** Reads a secret that another file holds, as container platforms provide them. */
const readSecret = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

const HASH_WORDS = 'must be sha256: and 43 characters of base64url'

/** A hash, or one with the moment from which it is good for nothing. */
const secretHash = z.union(
  [
    z.string().regex(SECRET_HASH, HASH_WORDS),
    z.strictObject({ hash: z.string().regex(SECRET_HASH, HASH_WORDS), expires_at: z.iso.datetime({ offset: true }) }),
  ],
  { error: `${HASH_WORDS}, or hash and expires_at, a time such as 2026-11-28T08:00:00+01:00` },
)

const secretFields = (leastLength: number) => {
  const secret = z.string().min(leastLength, `must have at least ${leastLength} characters`)
  return z.object({
    client_secret: secret.optional(),
    /** A file that holds the secret, read together with this one. */
    pias_secret_file: z
      .string()
      .refine(isAbsolute, 'must be an absolute path')
      .transform((path, context) => {
        const read = readSecret(path)
        if (read === undefined) context.addIssue({ code: 'custom', message: 'names a file that cannot be read' })
        else if (read.length < leastLength) {
          context.addIssue({ code: 'custom', message: `names a secret of less than ${leastLength} characters` })
        }
        return read ?? ''
      })
      .optional(),
    pias_secret_hashes: z.array(secretHash).max(LIVE_SECRETS).optional(),
  })
}

type GivenHash = z.output<typeof secretHash>

/** One of each hash; where it stands with an end and without one, the end counts. */
const toSecrets = (plain: readonly string[], hashes: readonly GivenHash[]): readonly FileSecret[] => {
  const ends = new Map<string, number | undefined>(plain.map(secret => [hashSecret(secret), undefined]))
  for (const given of hashes) {
    const { hash, expires_at } = typeof given === 'string' ? { hash: given, expires_at: undefined } : given
    ends.set(hash, expires_at === undefined ? ends.get(hash) : Date.parse(expires_at))
  }
  return [...ends].map(([hash, expiresAt]) => ({
    id: `file-${hash.slice(7, 15)}`,
    hash,
    ...(expiresAt !== undefined && { expiresAt }),
  }))
}

/** Tokens that come by the browser are for clients that register themselves (ADR 0044). */
const refuseImplicit = (metadata: { readonly pias_implicit?: unknown }, registered: boolean) =>
  metadata.pias_implicit === undefined || registered
    ? []
    : [{ path: ['pias_implicit'], message: 'is for clients that register themselves' }]

/**
 * A client file: metadata, and the secrets beside it, which are hashed at once, so that nothing holds them in the plain.
 * @param environment decides how long a secret must be at least
 * @param options.registered it is a copy of one that registered itself, which may be what no other may be
 */
export const createClientFileSchema = (
  environment: 'development' | 'production',
  { registered = false }: { registered?: boolean } = {},
): Schema<ClientFile> => {
  const ofSecrets = secretFields(LEAST_SECRET_LENGTH[environment])
  return z.looseObject({}).transform((json, context): ClientFile => {
    const { client_secret, pias_secret_file, pias_secret_hashes, ...metadata } = json
    const client = clientMetadataSchema.safeParse(metadata, { error: inputWords })
    const given = ofSecrets.safeParse({ client_secret, pias_secret_file, pias_secret_hashes }, { error: inputWords })
    const forOthers = refuseImplicit(metadata, registered)
    const problems = [...(client.error?.issues ?? []), ...(given.error?.issues ?? []), ...forOthers]
    for (const { path, message } of problems) {
      context.addIssue({ code: 'custom', path: path as (string | number)[], message })
    }
    if (!given.success) return z.NEVER
    const plain = [given.data.client_secret, given.data.pias_secret_file].filter(secret => secret !== undefined)
    const secrets = toSecrets(plain, given.data.pias_secret_hashes ?? [])
    if (secrets.length > LIVE_SECRETS) {
      context.addIssue({ code: 'custom', path: ['pias_secret_hashes'], message: 'two secrets at most' })
    }
    if (!client.success) return z.NEVER
    if (secrets.length > 0 && !usesSecret(client.data)) {
      const message = `is not used by ${client.data.token_endpoint_auth_method}`
      const field = ['client_secret', 'pias_secret_file', 'pias_secret_hashes'].find(name => name in json)
      context.addIssue({ code: 'custom', path: [field ?? 'client_secret'], message })
    }
    return { client: client.data, secrets }
  })
}

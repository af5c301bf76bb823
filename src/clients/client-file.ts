import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { inputWords } from '#src/kernel/input-words.ts'
import { type ClientMetadata, clientMetadataSchema, usesSecret } from './client-metadata.ts'
import { hashSecret, LIVE_SECRETS, SECRET_HASH } from './client-secrets.ts'
import type { Schema } from './described-files.ts'

/** A secret that a file gives; its id begins like its hash. When it was made nobody says. */
type FileSecret = { readonly id: string; readonly hash: string }

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
    pias_secret_hashes: z
      .array(z.string().regex(SECRET_HASH, 'must be sha256: and 43 characters of base64url'))
      .max(LIVE_SECRETS)
      .optional(),
  })
}

const toSecret = (hash: string): FileSecret => ({ id: `file-${hash.slice(7, 15)}`, hash })

/** Tokens that come by the browser are for clients that register themselves (ADR 0044). */
const refuseImplicit = (metadata: { readonly pias_implicit?: unknown }) =>
  metadata.pias_implicit === undefined
    ? []
    : [{ path: ['pias_implicit'], message: 'is for clients that register themselves' }]

/**
 * A client file: metadata, and the secrets beside it, which are hashed at once, so that nothing holds them in the plain.
 * @param environment decides how long a secret must be at least
 */
export const createClientFileSchema = (environment: 'development' | 'production'): Schema<ClientFile> => {
  const ofSecrets = secretFields(LEAST_SECRET_LENGTH[environment])
  return z.looseObject({}).transform((json, context): ClientFile => {
    const { client_secret, pias_secret_file, pias_secret_hashes, ...metadata } = json
    const client = clientMetadataSchema.safeParse(metadata, { error: inputWords })
    const given = ofSecrets.safeParse({ client_secret, pias_secret_file, pias_secret_hashes }, { error: inputWords })
    const problems = [...(client.error?.issues ?? []), ...(given.error?.issues ?? []), ...refuseImplicit(metadata)]
    for (const { path, message } of problems) {
      context.addIssue({ code: 'custom', path: path as (string | number)[], message })
    }
    if (!client.success || !given.success) return z.NEVER
    const plain = [given.data.client_secret, given.data.pias_secret_file].filter(secret => secret !== undefined)
    const hashes = [...new Set([...plain.map(hashSecret), ...(given.data.pias_secret_hashes ?? [])])]
    if (hashes.length > LIVE_SECRETS) {
      context.addIssue({ code: 'custom', path: ['pias_secret_hashes'], message: 'two secrets at most' })
    }
    if (hashes.length > 0 && !usesSecret(client.data)) {
      const message = `is not used by ${client.data.token_endpoint_auth_method}`
      const field = ['client_secret', 'pias_secret_file', 'pias_secret_hashes'].find(name => name in json)
      context.addIssue({ code: 'custom', path: [field ?? 'client_secret'], message })
    }
    return { client: client.data, secrets: hashes.map(toSecret) }
  })
}

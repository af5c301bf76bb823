import { z } from 'zod'
import { type ClientFile, createClientFileSchema } from '#src/clients/client-file.ts'
import type { Schema } from '#src/clients/described-files.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { StoredClient } from '#src/store/ports/clients.ts'

/** Metadata by their fields. */
export type Fields = { readonly [field: string]: Json }

/** An app as a file of many describes it. */
export type WantedClient = {
  /** The metadata as they were given, which are kept. */
  readonly given: Fields
  /** What they were read to. */
  readonly file: ClientFile
  readonly state: 'active' | 'disabled'
  /** Who decides about it once the file is applied: `apply`, or whom an export names, so that a copy stays theirs. */
  readonly managedBy: Exclude<StoredClient['managedBy'], 'file'>
  /** The file says that there is no secret that works; without a word on secrets, those that are there stay. */
  readonly noSecret: boolean
}

const beside = z.object({
  pias_state: z.enum(['active', 'disabled']).default('active'),
  pias_managed_by: z.enum(['apply', 'api', 'dcr']).default('apply'),
})

const SECRET_FIELDS = new Set(['client_secret', 'pias_secret_file', 'pias_secret_hashes'])

/** What is kept of an app in a file: all but its secrets. */
export const withoutSecrets = (entry: Fields): Fields =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => !SECRET_FIELDS.has(field)))

/**
 * One app of a file of many: what a client file may say, and beside it `pias_state` and `pias_managed_by`, which only the
 * store knows.
 * @param environment decides how long a secret must be at least
 */
export const createPlanEntrySchema = (environment: 'development' | 'production'): Schema<WantedClient> => {
  const ofFile = createClientFileSchema(environment)
  const ofRegistered = createClientFileSchema(environment, { registered: true })
  return z.looseObject({}).transform((entry, context): WantedClient => {
    const { pias_state, pias_managed_by, ...metadata } = entry
    const said = beside.safeParse({ pias_state, pias_managed_by }, { error: inputWords })
    const file = (pias_managed_by === 'dcr' ? ofRegistered : ofFile).safeParse(metadata)
    for (const { path, message } of [...(said.error?.issues ?? []), ...(file.error?.issues ?? [])]) {
      context.addIssue({ code: 'custom', path: path as (string | number)[], message })
    }
    if (!said.success || !file.success) return z.NEVER
    const hashes = metadata.pias_secret_hashes
    return {
      given: withoutSecrets(metadata as Fields),
      file: file.data,
      state: said.data.pias_state,
      managedBy: said.data.pias_managed_by,
      noSecret: Array.isArray(hashes) && file.data.secrets.length === 0,
    }
  })
}

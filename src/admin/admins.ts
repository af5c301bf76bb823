import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Clock, Json } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { ROLES, type Role } from './roles.ts'

const adminSchema = z.strictObject({
  accountId: z.string(),
  roles: z.array(z.enum(ROLES)).min(1),
  /** Epoch milliseconds. */
  since: z.number(),
  by: z.string(),
})
const listSchema = z.strictObject({ version: z.number(), admins: z.array(adminSchema) })
/** All of them, with a number that grows with each change. */
export type AdminList = z.infer<typeof listSchema>

/** `last-owner`: somebody must be left who can say who is what. `stale`: it was changed since that version. */
export type AdminChange =
  | { readonly kind: 'changed'; readonly list: AdminList }
  | { readonly kind: 'stale' }
  | { readonly kind: 'last-owner' }

const LIST = 'admins'
const BOOTSTRAP = 'admin-bootstrap'
const BOOTSTRAP_MS = 15 * 60 * 1000
const NOBODY: AdminList = { version: 0, admins: [] }

const digest = (code: string): Buffer => createHash('sha256').update(code, 'utf8').digest()

/**
 * Who may do what. They are few, so they are kept as one text, which is changed by compare-and-set; the audit trail is
 * told first, so that nobody becomes an admin without it.
 */
export const createAdmins = (deps: { keys: KeysPort; audit: Pick<AuditPort, 'append'>; clock: Clock }) => {
  const { keys, audit, clock } = deps
  const note = (type: string, accountId: string | undefined, data: Json) =>
    audit.append([{ at: clock(), type, ...(accountId !== undefined && { accountId }), data }])

  const read = async (): Promise<{ text: string; list: AdminList }> => {
    const text = await keys.putIfAbsent(LIST, JSON.stringify(NOBODY))
    return { text, list: listSchema.parse(JSON.parse(text)) }
  }

  const write = async (text: string, list: AdminList): Promise<AdminChange> =>
    (await keys.replace(LIST, text, JSON.stringify(list))) ? { kind: 'changed', list } : { kind: 'stale' }

  const rolesOf = async (accountId: string): Promise<readonly Role[]> =>
    (await read()).list.admins.find(admin => admin.accountId === accountId)?.roles ?? []

  return {
    list: async (): Promise<AdminList> => (await read()).list,
    rolesOf,

    /** Gives somebody these roles; none takes all of them. @param version of the list that was looked at */
    setRoles: async (input: {
      accountId: string
      roles: readonly Role[]
      version: number
      by: string
      reason: string
    }): Promise<AdminChange> => {
      const { accountId, roles, version, by, reason } = input
      const { text, list } = await read()
      if (list.version !== version) return { kind: 'stale' }
      const others = list.admins.filter(admin => admin.accountId !== accountId)
      const admins = roles.length === 0 ? others : [...others, { accountId, roles: [...roles], since: clock(), by }]
      if (!admins.some(admin => admin.roles.includes('owner'))) return { kind: 'last-owner' }
      await note('admin.roles-changed', accountId, { roles, by, reason })
      return write(text, { version: version + 1, admins })
    },

    /** Makes a code, good once and for a quarter of an hour, that makes somebody an owner. An earlier one is worth nothing. */
    prepareBootstrap: async (by: string): Promise<string> => {
      const code = randomBytes(24).toString('base64url')
      const text = JSON.stringify({ hash: digest(code).toString('base64url'), expiresAt: clock() + BOOTSTRAP_MS })
      await note('admin.bootstrap-prepared', undefined, { by })
      const before = await keys.putIfAbsent(BOOTSTRAP, text)
      if (before !== text) await keys.replace(BOOTSTRAP, before, text)
      return code
    },

    /** Makes an account an owner, with the code. @returns whether it was good */
    bootstrap: async (accountId: string, code: string): Promise<boolean> => {
      const text = await keys.find(BOOTSTRAP)
      const { hash, expiresAt } = JSON.parse(text ?? '{}') as { hash?: string; expiresAt?: number }
      const isGood =
        text !== undefined &&
        hash !== undefined &&
        (expiresAt ?? 0) > clock() &&
        timingSafeEqual(digest(code), Buffer.from(hash, 'base64url'))
      if (!isGood) return false
      // Spent before it is used: of parallel calls one goes on.
      if (!(await keys.replace(BOOTSTRAP, text, '{}'))) return false
      await note('admin.bootstrapped', accountId, {})
      for (;;) {
        const { text: known, list } = await read()
        const others = list.admins.filter(admin => admin.accountId !== accountId)
        const owner = { accountId, roles: ['owner' as const], since: clock(), by: 'bootstrap' }
        const changed = await write(known, { version: list.version + 1, admins: [...others, owner] })
        if (changed.kind === 'changed') return true
      }
    },
  }
}

/** The admins of an installation. */
export type Admins = ReturnType<typeof createAdmins>

import { z } from 'zod'
import type { Admins } from '#src/admin/admins.ts'
import { notFound, stale } from '#src/admin/api/problem.ts'
import { type Route, route } from '#src/admin/api/route.ts'
import { ROLES } from '#src/admin/roles.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import { accountParams, adminView, reason } from './schemas.ts'

const adminList = z.strictObject({ admins: z.array(adminView) })

/** Routes about who is what. */
export const adminRoutes = ({
  admins,
  accounts,
}: {
  admins: Admins
  accounts: Pick<AccountsPort, 'find'>
}): readonly Route[] => [
  route({
    method: 'get',
    path: '/me',
    id: 'whoAmI',
    roles: [],
    problems: [],
    summary: 'Tells who calls, and with which roles',
    answer: {
      status: 200,
      description: 'The caller.',
      schema: z.strictObject({ accountId: z.string(), roles: z.array(z.enum(ROLES)) }),
    },
    run: async ({ caller: { accountId, roles } }) => ({ status: 200, body: { accountId, roles } }),
  }),
  route({
    method: 'post',
    path: '/bootstrap',
    id: 'bootstrap',
    roles: [],
    fresh: true,
    problems: [],
    summary: 'Makes the caller an owner, with a code of pias admin bootstrap',
    body: z.strictObject({ code: z.string().min(1).max(128) }),
    answer: { status: 204, description: 'The caller is an owner.' },
    run: async ({ body, caller }) =>
      (await admins.bootstrap(caller.accountId, body.code))
        ? { status: 204 }
        : {
            status: 403,
            code: 'code',
            title: 'the code is not good',
            detail: 'pias admin bootstrap makes another one',
          },
  }),
  route({
    method: 'get',
    path: '/admins',
    id: 'listAdmins',
    roles: ['viewer'],
    problems: [],
    summary: 'Lists all admins; the ETag is the version of the list',
    answer: { status: 200, description: 'All admins.', schema: adminList, etag: true },
    run: async () => {
      const { version, admins: all } = await admins.list()
      return { status: 200, body: { admins: all }, etag: version }
    },
  }),
  route({
    method: 'put',
    path: '/admins/{accountId}',
    id: 'setRoles',
    roles: ['owner'],
    fresh: true,
    ifMatch: true,
    summary: 'Gives an account these roles; none takes all of them',
    params: accountParams,
    body: z.strictObject({ roles: z.array(z.enum(ROLES)).max(ROLES.length), reason }),
    answer: { status: 200, description: 'All admins.', schema: adminList, etag: true },
    problems: [404, 409],
    run: async ({ params, body, version = 0, caller }) => {
      // A slip of the pen would be an admin whom nobody is; of an account that is gone roles are taken all the same.
      const isThere = body.roles.length === 0 || (await accounts.find(params.accountId as AccountId)) !== undefined
      if (!isThere) return notFound('account')
      const changed = await admins.setRoles({ ...params, ...body, version, by: caller.accountId })
      if (changed.kind === 'stale') return stale()
      if (changed.kind === 'last-owner') {
        return { status: 409, code: 'last-owner', title: 'there must always be an owner' }
      }
      return { status: 200, body: { admins: changed.list.admins }, etag: changed.list.version }
    },
  }),
]

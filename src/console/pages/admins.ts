import { ROLES, type Role } from '#src/admin/roles.ts'
import { type ConsolePage, type Outcome, thenTo } from '#src/console/console-page.ts'
import type { Visit } from '#src/console/visit.ts'
import { day, ROLE_WORDS } from '#src/console/words.ts'
import { accountPath } from './account-tabs.ts'

const isRole = (text: string): text is Role => ROLES.some(role => role === text)

const rolesField = (values: readonly string[]) => ({
  name: 'roles',
  label: 'Roles',
  kind: 'checks' as const,
  values,
  options: ROLES.map(value => ({ value, label: ROLE_WORDS[value] })),
})

const adminPath = (accountId: string): string => `/admins/${encodeURIComponent(accountId)}`

const saveRoles = async ({ act, text, texts }: Visit, accountId: string): Promise<Outcome> => {
  const body = { roles: texts('roles').filter(isRole) }
  const given = { params: { accountId }, body, version: Number(text('version')) }
  return thenTo(await act('setRoles', given), '/admins?done=roles')
}

const listPage: ConsolePage = {
  path: '/admins',
  show: async ({ ask, form, text, texts, caller }) => {
    const { admins, version } = await ask('listAdmins')
    return {
      title: 'Admins',
      lead: 'Who may do what. A role that is taken away is gone with the next request.',
      blocks: [
        {
          kind: 'table',
          title: 'All admins',
          empty: 'Nobody is an admin.',
          columns: [{ label: 'Account' }, { label: 'Roles' }, { label: 'Since' }, { label: 'By' }],
          rows: admins.map(({ accountId, roles, since, by }) => [
            {
              text: accountId,
              href: adminPath(accountId),
              code: true,
              ...(accountId === caller.accountId && { hint: 'you' }),
            },
            roles.join(', '),
            day(since),
            { text: by, code: true },
          ]),
        },
        ...form('setRoles', {
          title: 'Add an admin',
          action: '/admins',
          submit: 'Give these roles',
          tone: 'primary',
          intro: 'The person logs in to the console once and tells you the account that it shows.',
          hidden: { version: String(version) },
          fields: [{ name: 'account', label: 'Account', value: text('account') }, rolesField(texts('roles'))],
        }),
      ],
    }
  },
  acts: { '': visit => saveRoles(visit, visit.text('account')) },
}

const onePage: ConsolePage = {
  path: '/admins/:accountId',
  show: async ({ ask, form, params, texts, problem }) => {
    const { accountId = '' } = params
    const { admins, version } = await ask('listAdmins')
    const known = admins.find(admin => admin.accountId === accountId)?.roles ?? []
    return {
      title: 'Roles of an admin',
      crumbs: [{ text: 'Admins', href: '/admins' }],
      blocks: [
        {
          kind: 'facts',
          rows: [
            { label: 'Account', cells: [{ text: accountId, href: accountPath(accountId), code: true }] },
            { label: 'Roles now', cells: [known.join(', ') || 'none'] },
          ],
        },
        ...form('setRoles', {
          title: 'Change the roles',
          action: adminPath(accountId),
          submit: 'Save the roles',
          cancel: '/admins',
          intro: 'Without any role, the person is no longer an admin.',
          hidden: { version: String(version) },
          fields: [rolesField(problem === undefined ? known : texts('roles'))],
        }),
      ],
    }
  },
  acts: { '': visit => saveRoles(visit, visit.params.accountId ?? '') },
}

/** Who is what. */
export const adminPages: readonly ConsolePage[] = [listPage, onePage]

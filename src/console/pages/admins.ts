import { ROLES, type Role } from '#src/admin/roles.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { thenTo } from '#src/console/console-page.ts'
import { day, ROLE_WORDS } from '#src/console/words.ts'

const isRole = (text: string): text is Role => ROLES.some(role => role === text)

const rolesField = (values: readonly string[]) => ({
  ...{ name: 'roles', label: 'Roles', kind: 'checks' as const, values },
  options: ROLES.map(value => ({ value, label: ROLE_WORDS[value] })),
})

const listPage: ConsolePage = {
  path: '/admins',
  show: async ({ ask, form, text, texts, caller }) => {
    const { admins, version } = await ask('listAdmins')
    return {
      title: 'Admins',
      lead: 'Who may do what. Whoever loses a role has lost it with the next request.',
      blocks: [
        {
          ...{ kind: 'table', title: 'All admins', empty: 'Nobody is an admin.' },
          columns: [{ label: 'Account' }, { label: 'Roles' }, { label: 'Since' }, { label: 'By' }],
          rows: admins.map(({ accountId, roles, since, by }) => [
            {
              ...{ text: accountId, href: `/admins/${accountId}`, code: true },
              ...(accountId === caller.accountId && { hint: 'you' }),
            },
            roles.join(', '),
            day(since),
            { text: by, code: true },
          ]),
        },
        ...form('setRoles', {
          ...{ title: 'Add an admin', action: '/admins', submit: 'Give these roles', tone: 'primary' },
          intro: 'The person logs in to the console once and tells you the account that is shown there.',
          hidden: { version: String(version) },
          fields: [{ name: 'account', label: 'Account', value: text('account') }, rolesField(texts('roles'))],
        }),
      ],
    }
  },
  acts: {
    '': async ({ act, text, texts }) => {
      const params = { accountId: text('account') }
      const body = { roles: texts('roles').filter(isRole) }
      return thenTo(await act('setRoles', { params, body, version: Number(text('version')) }), '/admins?done=roles')
    },
  },
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
            { label: 'Account', cells: [{ text: accountId, href: `/people/${accountId}`, code: true }] },
            { label: 'Roles now', cells: [known.join(', ') || 'none'] },
          ],
        },
        ...form('setRoles', {
          ...{ title: 'Change the roles', action: `/admins/${accountId}`, submit: 'Save the roles', cancel: '/admins' },
          intro: 'Without any role, the person is no admin any more.',
          hidden: { version: String(version) },
          fields: [rolesField(problem === undefined ? known : texts('roles'))],
        }),
      ],
    }
  },
  acts: {
    '': async ({ act, params, text, texts }) => {
      const body = { roles: texts('roles').filter(isRole) }
      return thenTo(await act('setRoles', { params, body, version: Number(text('version')) }), '/admins?done=roles')
    },
  },
}

/** Who is what. */
export const adminPages: readonly ConsolePage[] = [listPage, onePage]

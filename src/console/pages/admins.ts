import { type Problem, stale } from '#src/admin/api/problem.ts'
import { ROLES, type Role } from '#src/admin/roles.ts'
import { type Act, askFirst, type Question } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { REASON_FIELD } from '#src/console/fields.ts'
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

const rolesSent = ({ texts }: Visit): readonly Role[] => texts('roles').filter(isRole)

const NO_CHANGE: Problem = { status: 409, code: 'no-change', title: 'nothing would change' }

/** Whose roles a form is about: of its page, or named in it. */
const accountOf = ({ params, text }: Visit): string => params.accountId ?? text('accountId')

const namesOf = (roles: readonly Role[]): string => roles.join(', ') || 'none'

/** Who it is, and what he may do and may not do any more. */
const changeFacts = (
  account: { id: string; name?: string },
  known: readonly Role[],
  wanted: readonly Role[],
): Block => ({
  kind: 'facts',
  rows: [
    { label: 'Account', cells: [{ text: account.id, href: accountPath(account.id), code: true }] },
    { label: 'Name', cells: [account.name ?? 'unknown'] },
    { label: 'Roles now', cells: [namesOf(known)] },
    { label: 'Gains', cells: [namesOf(wanted.filter(role => !known.includes(role)))] },
    { label: 'Loses', cells: [namesOf(known.filter(role => !wanted.includes(role)))] },
  ],
})

const introOf = (wanted: readonly Role[], isOwn: boolean): string => {
  const who = isOwn ? 'You' : 'The person'
  if (wanted.length === 0) return `${who} can do nothing here any more, from the next request on.`
  return wanted.includes('owner')
    ? `${who} may do everything from the next request on, and say who is what.`
    : `It counts from the next request on. ${isOwn ? 'You cannot take it back yourself.' : 'It can be changed again here.'}`
}

const askRoles = async (visit: Visit): Promise<Question | { readonly problem: Problem }> => {
  const { ask, act, caller, text, params } = visit
  const accountId = accountOf(visit)
  const wanted = rolesSent(visit)
  const [{ admins, version }, shown] = await Promise.all([
    ask('listAdmins'),
    act('showAccount', { params: { accountId } }),
  ])
  const known = admins.find(admin => admin.accountId === accountId)?.roles
  // Of an account that is gone roles are still to be taken.
  if ('problem' in shown && known === undefined) {
    const { problem } = shown
    return { problem: problem.code === 'not-found' ? { ...problem, code: 'no-account' } : problem }
  }
  if (String(version) !== text('version')) return { problem: stale() }
  const before = known ?? []
  if (before.length === wanted.length && wanted.every(role => before.includes(role))) return { problem: NO_CHANGE }
  return {
    operation: 'setRoles',
    title: 'Change who may do what',
    submit: 'Change the roles',
    cancel: '/admins',
    intro: introOf(wanted, accountId === caller.accountId),
    action: params.accountId === undefined ? '/admins' : adminPath(accountId),
    hidden: { accountId, roles: wanted, version: String(version) },
    blocks: [changeFacts('told' in shown ? shown.told : { id: accountId }, before, wanted)],
  }
}

/** Who becomes an owner may do everything, and who loses a role is out at once: asked about first. */
const saveRoles: Act = askFirst(askRoles, async visit => {
  const { act, text } = visit
  const given = { params: { accountId: accountOf(visit) }, body: { roles: rolesSent(visit), reason: text('reason') } }
  return thenTo(await act('setRoles', { ...given, version: Number(text('version')) }), '/admins?done=roles')
})

const listPage: ConsolePage = {
  path: '/admins',
  show: async visit => {
    const { ask, form, caller } = visit
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
          fields: [{ name: 'accountId', label: 'Account' }, rolesField([]), REASON_FIELD],
        }),
      ],
    }
  },
  acts: { '': saveRoles },
}

const onePage: ConsolePage = {
  path: '/admins/:accountId',
  show: async visit => {
    const { ask, form, params } = visit
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
            { label: 'Roles now', cells: [namesOf(known)] },
          ],
        },
        ...form('setRoles', {
          title: 'Change the roles',
          action: adminPath(accountId),
          submit: 'Save the roles',
          cancel: '/admins',
          intro: 'Without any role, the person is no longer an admin.',
          hidden: { version: String(version) },
          fields: [rolesField(known), REASON_FIELD],
        }),
      ],
    }
  },
  acts: { '': saveRoles },
}

/** Who is what. */
export const adminPages: readonly ConsolePage[] = [listPage, onePage]

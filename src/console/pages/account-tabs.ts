import type { Cell, CellLike, Page } from '#src/console/blocks.ts'

const TABS = [
  { text: 'Account', end: '' },
  { text: 'Timeline', end: '/timeline' },
  { text: 'Why linked', end: '/why' },
  { text: 'Mend links', end: '/links' },
] as const

/** Where an account is. */
export const accountPath = (accountId: string): string => `/people/${encodeURIComponent(accountId)}`

/** An account in a table, with the way to it; nobody where there is none. */
export const accountCell = (accountId: string | undefined): CellLike =>
  accountId === undefined ? 'nobody' : { text: accountId, href: accountPath(accountId), code: true }

/** The head of every page about one account. */
export const accountHead = (
  accountId: string,
  current: (typeof TABS)[number]['end'],
): Pick<Page, 'title' | 'crumbs' | 'tabs'> => ({
  title: `Account ${accountId.slice(0, 'abcdefgh'.length)}…`,
  crumbs: [{ text: 'People', href: '/people' }],
  tabs: TABS.map(({ text, end }) => ({ text, href: `${accountPath(accountId)}${end}`, current: end === current })),
})

/** Whether an account is used, blocked, or part of another. */
export const accountState = ({ blocked, mergedInto }: { blocked: boolean; mergedInto?: string | undefined }): Cell => {
  if (mergedInto !== undefined) return { text: 'part of another', tag: 'plain' }
  return blocked ? { text: 'blocked', tag: 'bad' } : { text: 'active', tag: 'good' }
}

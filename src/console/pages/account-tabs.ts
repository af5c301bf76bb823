import type { Page } from '#src/console/blocks.ts'

const TABS = [
  { text: 'Account', end: '' },
  { text: 'Timeline', end: '/timeline' },
  { text: 'Why linked', end: '/why' },
  { text: 'Mend links', end: '/links' },
] as const

/** Where an account is. */
export const accountPath = (accountId: string): string => `/people/${encodeURIComponent(accountId)}`

/** The head of every page about one account. */
export const accountHead = (
  accountId: string,
  current: (typeof TABS)[number]['end'],
): Pick<Page, 'title' | 'crumbs' | 'tabs'> => ({
  title: `Account ${accountId.slice(0, 'abcdefgh'.length)}…`,
  crumbs: [{ text: 'People', href: '/people' }],
  tabs: TABS.map(({ text, end }) => ({ text, href: `${accountPath(accountId)}${end}`, current: end === current })),
})

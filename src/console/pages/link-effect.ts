import type { Block } from '#src/console/blocks.ts'
import type { MoveView, SideView, Told } from '#src/console/told.ts'
import { count, day } from '#src/console/words.ts'
import { accountCell, accountState } from './account-tabs.ts'

/** What an act moves, from whom to whom. */
export const movesTable = (moves: readonly MoveView[], title: string): Block => ({
  kind: 'table',
  title,
  empty: 'Nothing moves.',
  columns: [{ label: 'What' }, { label: '' }, { label: 'From' }, { label: 'To' }],
  rows: moves.map(({ thing, what, role, from, to }) => [
    thing === 'identity' ? 'way to log in' : thing,
    { text: what, code: true, ...(role !== undefined && { hint: `as ${role}` }) },
    accountCell(from),
    accountCell(to),
  ]),
})

const sideRecord = ({ serviceLine, customerId, role }: SideView['records'][number]): string =>
  [`${serviceLine} ${customerId}`, ...(role === undefined ? [] : [`(${role})`])].join(' ')

/** The accounts that an act is about, so that nobody decides on two names that say nothing. */
export const sidesTable = (sides: readonly SideView[], title = 'Who it is about'): Block => ({
  kind: 'table',
  title,
  intro: 'As it is now. Where two are said to be one person, their names and records are to fit.',
  empty: 'Nobody has an account by it.',
  columns: [
    { label: 'Account' },
    { label: 'Name' },
    { label: 'Records' },
    { label: 'Ways to log in', number: true },
    { label: 'Since' },
    { label: 'State' },
  ],
  rows: sides.map(side => [
    accountCell(side.id),
    side.name ?? 'unknown until the next login',
    side.records.map(sideRecord).join(', ') || 'none',
    count(side.logins),
    day(side.createdAt),
    accountState(side),
  ]),
})

/** What an act would do. */
export const effectBlocks = ({
  moves,
  opens,
  endLogins,
  endPasskeys,
  accounts,
}: Omit<Told['previewDecision'], 'mark'>): readonly Block[] => {
  const ends =
    endLogins.length === 0
      ? 'Nobody is logged out.'
      : `Logged out everywhere: ${endLogins.join(', ')}. The apps that are logged in to are told.`
  return [
    movesTable(moves, 'What moves'),
    sidesTable(accounts),
    {
      kind: 'text',
      title: 'What else happens',
      paragraphs: [
        ends,
        ...(endPasskeys.length > 0
          ? [`Passkeys removed, which an undo does not bring back: ${endPasskeys.join(', ')}.`]
          : []),
        ...(opens.length > 0 ? ['A new account is opened for what is split off.'] : []),
      ],
    },
  ]
}

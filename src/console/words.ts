import type { Problem } from '#src/admin/api/problem.ts'
import type { Role } from '#src/admin/roles.ts'
import { ZONE } from './belgian-clock.ts'
import type { Block } from './blocks.ts'
import type { Form } from './form.ts'
import { fieldId } from './to-view.ts'

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: ZONE })
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: ZONE })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: ZONE })
const NUMBER = new Intl.NumberFormat('en-GB')

/** A moment (epoch milliseconds) on a Belgian clock, such as `28 Nov 2026, 21:40`. */
export const moment = (at: number): string => MOMENT.format(at)

/** A moment by its time of the day alone, to the second. */
export const clockTime = (at: number): string => TIME.format(at)

/** A moment by its day alone. */
export const day = (at: number): string => DAY.format(at)

/** A number with its thousands apart. */
export const count = (number: number): string => NUMBER.format(number)

const PERCENT = 100

/** Between a number and its sign: they stay on one line. */
const NO_BREAK = '\u00a0'

/** A number of hundredths with its sign, such as `12 %`, kept on one line. */
export const percent = (number: number): string => `${number}${NO_BREAK}%`

/** A part of a whole, such as `12 %`; `–` of nothing. */
export const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : percent(Math.round((part / whole) * PERCENT))

/** A number and its part of a whole, such as `15 (94 %)`, kept on one line. */
export const countAndShare = (part: number, whole: number): string => `${count(part)}${NO_BREAK}(${share(part, whole)})`

/** A probability as one in so many, such as `1 in 10,000`. */
export const oneIn = (probability: number): string =>
  probability <= 0 ? 'never' : `1 in ${count(Math.round(1 / probability))}`

/** What each role is there for. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: 'Viewer: sees everything, masked',
  support: 'Support: reveals names and numbers for a reason, ends logins',
  linker: 'Linker: mends links, approves merges',
  'client-owner': 'App owner: registers apps, changes the rollout',
  security: 'Security: exports the audit trail, blocks accounts',
  owner: 'Owner: everything, and gives roles',
}

/** Problems in words of people; others have a title that says enough. */
const PROBLEM_TITLES: Readonly<Record<string, string>> = {
  role: 'Your roles do not allow this',
  stale: 'Somebody changed this since you looked at it',
  managed: 'This is changed where it comes from: its file, or pias apply',
  'too-many': 'That was too often for now',
  taken: 'This client id is, or was, an app: choose another one',
  full: 'Two secrets are valid already: remove one first',
  'client.invalid': 'Some fields need another look',
  'request.invalid': 'Some fields need another look',
  'told-once': 'This was done already, and its secret was shown once',
  'in-progress': 'This is being done already',
  'linked-elsewhere': 'The record belongs to another account: unlink it there first',
  merged: 'This account is part of another one: act on that one, or undo the merge first',
  'same-person': 'Somebody else must approve what you proposed',
  'own-account': 'Somebody else must mend what is yours',
  'takes-two': 'That would merge two accounts: propose the merge anew, for somebody else to approve',
  'same-account': 'These are the same account',
  'no-account': 'There is no such account',
  'not-linked': 'Nobody is linked to this record',
  'nothing-left': 'At least one login must stay with the account',
  'nothing-moved': 'Choose what is to be split off',
  undone: 'This is undone already',
  'last-owner': 'There must always be an owner',
  'no-change': 'Nothing would change: choose other roles',
  code: 'This code does not work: a code works once, for a quarter of an hour',
  'other-matter':
    'This has nothing to do with this review: it moves neither its record nor, where it has none, its account',
  'closed-already': 'Somebody has closed this review already',
  'not-bound': 'The account does not have this login',
  busy: 'Rules are being compared already: wait for it to end',
  nothing: 'There is nothing to revert to: the policy of the file is in force',
  'login-too-old': 'This needs a login within the last five minutes',
  'request.forged': 'The form is not of this session: load the page again, and send it from there',
  'signed-out': 'You are logged out: log in, and send it again',
}

/** What stood in the way, as a sentence. */
const titleOf = ({ code, title }: Problem): string =>
  PROBLEM_TITLES[code] ?? `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`

/** A field of a form on a page: what it is called, and where it is if what is wrong may be there. */
type Place = { readonly label: string; readonly href?: string }

/** A field of the API as the forms of a page call it; one that is in none of them by its own name. */
const placeOf = (field: string, places: ReadonlyMap<string, Place>): Place => {
  const parts = field.split('.').filter(part => !/^(body|query|path|request|record|metadata|\d+)$/.test(part))
  const found = [parts.join('.'), ...parts.toReversed()].flatMap(name => places.get(name) ?? [])
  return found.find(({ href }) => href !== undefined) ?? found[0] ?? { label: parts.join('.') }
}

/** Where what is wrong may be: in the form that was sent, else in what is searched for; others tell what a field is called. */
const rankOf = ({ sent, method }: Form): number => (sent ? 0 : method === 'get' ? 1 : 2)

/**
 * The fields of the forms of a page, by name.
 * @param first where the first block will stand
 */
const placesOf = (blocks: readonly Block[], first: number): ReadonlyMap<string, Place> => {
  const forms = blocks.flatMap((block, index) =>
    block.kind === 'form' ? [{ ...block, rank: rankOf(block), at: first + index }] : [],
  )
  const places = forms
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ fields, rank, at }) =>
      fields.map(({ name, label }) => [name, { label, ...(rank < 2 && { href: `#${fieldId(at, name)}` }) }] as const),
    )
  // Of one name, a map keeps the last.
  return new Map(places.toReversed())
}

/**
 * What stood in the way, on top of a page.
 * @param blocks the rest of it, which begins after this
 */
export const problemNotice = (problem: Problem, blocks: readonly Block[] = []): Block => {
  const places = placesOf(blocks, 1)
  const { code, detail, errors = [] } = problem
  const lines = errors.map(({ field, reason, fix }) => {
    const { label, href } = placeOf(field, places)
    const line = `${label === '' ? '' : `${label}: `}${reason}${fix === undefined ? '' : ` – ${fix}`}`
    return href === undefined ? line : { text: line, href }
  })
  if (code === 'login-too-old') {
    return {
      kind: 'notice',
      tone: 'bad',
      title: titleOf(problem),
      text: [
        'Confirm in a new tab that it is you, then come back and press the button again. Nothing you typed is lost.',
      ],
      link: { text: 'Confirm that it is you', href: '/login?fresh=1&to=/confirmed' },
    }
  }
  return {
    kind: 'notice',
    tone: 'bad',
    title: titleOf(problem),
    text: [...(detail === undefined || code === 'stale' ? [] : [detail]), ...lines],
  }
}

/** What was done, by the word that a redirect carries. */
const DONE: Readonly<Record<string, string>> = {
  saved: 'Saved. It applies from the next request on.',
  disabled: 'Disabled. Nobody can log in at this app any more.',
  restored: 'Restored. People can log in at this app again.',
  'secret-removed': 'The secret no longer works.',
  reverted: 'Reverted. The previous policy is back in force.',
  proposed: 'Proposed. Somebody else must approve it.',
  changed: 'Done. It can be undone from the history of the account.',
  approved: 'Approved and done.',
  withdrawn: 'Withdrawn. Nothing was changed.',
  decided: 'Decided.',
  mended: 'Done, and the review is closed. It can be undone from the history of the account.',
  blocked: 'Blocked. Nobody can log in with this account.',
  unblocked: 'The person can log in again.',
  'logins-ended': 'All logins have ended; the apps are being told.',
  rules: 'In force on every node within a minute. Watch how decisions turn out.',
  'rules-back': 'Rolled back, on every node within a minute.',
  roles: 'The roles were changed.',
  owner: 'Welcome. You are an owner now.',
}

/** The notice of what was done; none for words that nobody knows. */
export const doneNotice = (word: string | undefined): readonly Block[] => {
  const title = word === undefined ? undefined : DONE[word]
  return title === undefined ? [] : [{ kind: 'notice', tone: 'good', title }]
}

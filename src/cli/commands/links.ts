import { createLinkChanges, type LinkChanges, type LinkOutcome } from '#src/accounts/link-changes.ts'
import type { LinkPlan, LinkRequest } from '#src/accounts/link-plan.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { streamFromStore, withStore } from '#src/cli/offline.ts'
import { type Outcome, refusedAs, type Shown } from '#src/cli/outcome.ts'
import { type Terminal, tell, timeOf } from '#src/cli/terminal.ts'
import { type CustomerKey, customerKeyOf, parseCustomerKey, ROLES, SERVICE_LINES } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, IdentityKey } from '#src/kernel/identity.ts'
import type { LinkChange, LinkMove } from '#src/store/ports/link-changes.ts'
import type { Store } from '#src/store/ports/store.ts'

/** What an act on links is told on the command line. */
export type LinkOptions = {
  readonly dataDir: string
  readonly reason: string
  readonly yes?: true
  readonly dryRun?: true
  readonly role?: string
  readonly app?: readonly string[]
  readonly identity?: readonly string[]
  readonly record?: readonly string[]
}

type Asked = Omit<LinkOptions, 'record'> &
  (
    | { readonly kind: 'link'; readonly account: string; readonly record: string }
    | { readonly kind: 'unlink'; readonly record: string }
    | { readonly kind: 'merge'; readonly account: string; readonly into: string }
    | { readonly kind: 'split'; readonly account: string; readonly record?: readonly string[] }
    | { readonly kind: 'undo'; readonly change: string }
  )

const PAGE = 100

const invalid = (detail: string): PiasError => new PiasError('request.invalid', detail)

const recordOf = (text: string): CustomerKey => {
  const key = parseCustomerKey(text)
  if (SERVICE_LINES.includes(key.serviceLine) && key.customerId !== '') return key
  throw invalid(`${text} is no record: service line and number, such as mobile:MOB-1`)
}

/** The identity that begins so, of an account; what is told of one is a token. */
const identityOf = (bound: readonly IdentityKey[], begin: string): IdentityKey => {
  const [found, ...more] = bound.filter(({ subject }) => subject.startsWith(begin))
  if (found === undefined || more.length > 0) throw invalid(`${begin} is not one login of the account`)
  return found
}

const toRequest = async ({ linkChanges }: Store, asked: Asked): Promise<LinkRequest> => {
  switch (asked.kind) {
    case 'link': {
      const role = ROLES.find(one => one === asked.role)
      if (role === undefined) throw invalid(`--role must be one of ${ROLES.join(', ')}`)
      return { kind: 'link', account: asked.account as AccountId, record: recordOf(asked.record), role }
    }
    case 'unlink':
      return { kind: 'unlink', record: recordOf(asked.record) }
    case 'merge': {
      const { account, into, app: apps = [] } = asked
      return { kind: 'merge', account: account as AccountId, into: into as AccountId, apps }
    }
    case 'split': {
      const account = asked.account as AccountId
      const bound = await linkChanges.identitiesOf(account)
      const identities = (asked.identity ?? []).map(begin => identityOf(bound, begin))
      return { kind: 'split', account, identities, records: (asked.record ?? []).map(recordOf) }
    }
    case 'undo':
      return { kind: 'undo', change: asked.change }
  }
}

/** Acts on links over the store of a command. */
export const changesOf = (terminal: Terminal, store: Store): LinkChanges =>
  createLinkChanges({ ...store, clock: terminal.clock, newAccountId })

const thingOf = (move: LinkMove): string => {
  if (move.thing === 'record') return `record ${customerKeyOf(move.record)}`
  if (move.thing === 'account') return `account ${move.account} as a part`
  return `login at ${move.identity.issuer} (${move.identity.subject})`
}

const toldMove = (move: LinkMove): string =>
  `  ${thingOf(move)}: from ${move.from ?? 'nobody'} to ${move.to ?? 'nobody'}\n`

/** What an act would do, for people. */
export const toldPlan = ({ moves, opens, endLogins, endPasskeys }: LinkPlan): string =>
  [
    ...moves.map(toldMove),
    ...opens.map(({ id }) => `  opens the account ${id}\n`),
    ...endLogins.map(id => `  ends the logins of ${id}\n`),
    ...endPasskeys.map(id => `  removes the passkeys of ${id}; no undo brings them back\n`),
  ].join('')

const toldChange = ({ id, at, kind, state, by, reason, decidedBy, undoneBy, moves }: LinkChange): string => {
  const second = decidedBy === undefined ? '' : ` and ${decidedBy}`
  const end = undoneBy === undefined ? '' : `, undone by ${undoneBy}`
  return `${id} ${timeOf(at)} ${kind} ${state}${end} by ${by}${second}: ${reason}\n${moves.map(toldMove).join('')}`
}

const told = (outcome: LinkOutcome): Outcome => {
  if (outcome.kind === 'refused') return refusedAs(outcome.refusal)
  const { id } = outcome.change
  const undo = `done; pias links undo ${id} undoes it\n`
  const approve = `proposed; somebody else approves it: pias links approve ${id}\n`
  return { value: outcome, text: outcome.kind === 'done' ? undo : approve }
}

/**
 * `links link|unlink|merge|split|undo`: tells what would be done, and does it once somebody confirms it; with `dryRun` it
 * only tells it. Refused as the act is, or where nobody confirms it.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const requestChange = (terminal: Terminal, asked: Asked): Promise<Outcome> =>
  withStore({ terminal, dataDir: asked.dataDir }, async store => {
    const changes = changesOf(terminal, store)
    const request = await toRequest(store, asked)
    const { yes, dryRun, reason, kind } = asked
    const author = { by: terminal.operator, reason }
    if (yes && !dryRun) return told(await changes.request(request, author))
    const preview = await changes.preview(request)
    if ('refusal' in preview) return refusedAs(preview.refusal)
    const { plan, mark } = preview
    if (dryRun) return { value: { kind: 'preview', plan }, text: toldPlan(plan) }
    tell(terminal, toldPlan(plan))
    const stop = await unconfirmed(terminal, { yes, what: `the act "${kind}" does this`, name: kind })
    // As it was seen: whoever took a minute to answer agreed to this and nothing else.
    return stop ?? told(await changes.request(request, author, mark))
  })

type Deciding = { readonly change: string; readonly dataDir: string }

/**
 * `links approve`: tells what was proposed, and does it once somebody confirms it. Who approves is the user of the machine,
 * who must be another than the one who proposed it. Refused as the act is, or where nobody confirms it.
 * @throws what the store throws
 */
export const approveChange = (
  terminal: Terminal,
  { change, dataDir, yes }: Deciding & { yes?: true },
): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store => {
    const proposed = await store.linkChanges.find(change)
    if (proposed?.state === 'proposed' && !yes) tell(terminal, toldChange(proposed))
    const stop = await unconfirmed(terminal, { yes, what: 'does what was proposed', name: change })
    return stop ?? told(await changesOf(terminal, store).approve(change, terminal.operator))
  })

/** `links withdraw`: refused where it is not proposed. @throws what the store throws */
export const withdrawChange = (terminal: Terminal, { change, dataDir }: Deciding): Promise<Outcome> =>
  withStore({ terminal, dataDir }, async store =>
    (await changesOf(terminal, store).withdraw(change, terminal.operator))
      ? { value: { id: change, state: 'withdrawn' }, text: 'withdrawn\n' }
      : refusedAs('not-proposed'),
  )

async function* allChanges({ linkChanges }: Store, of: { accountId: AccountId } | 'proposed') {
  let before: LinkChange | undefined
  do {
    const page = await linkChanges.list({ of, limit: PAGE, ...(before && { before }) })
    for (const value of page) yield { value, text: toldChange(value) }
    before = page.length < PAGE ? undefined : page.at(-1)
  } while (before !== undefined)
}

/** What an account has and what it is part of. */
const linksOf = async ({ accounts, linkChanges }: Store, accountId: AccountId): Promise<Shown> => {
  const [account, identities, records] = await Promise.all([
    accounts.find(accountId),
    linkChanges.identitiesOf(accountId),
    accounts.customersOf(accountId),
  ])
  const { absorbed = [], mergedInto } = account ?? {}
  const text = [
    mergedInto === undefined ? '' : `part of the account ${mergedInto}\n`,
    ...absorbed.map(({ id }) => `account ${id} is part of it\n`),
    ...identities.map(({ issuer, subject }) => `login ${subject} at ${issuer}\n`),
    ...records.map(record => `record ${customerKeyOf(record)} by ${record.method}\n`),
  ].join('')
  return { value: { absorbed, mergedInto, identities, records }, text }
}

/**
 * `links list`: what an account has, then what was done to it, newest first; or what waits for a decision.
 * @throws what the store throws
 */
export const listChanges = (
  terminal: Terminal,
  { account, dataDir }: { account?: string; dataDir: string },
): Outcome => {
  async function* read(store: Store): AsyncGenerator<Shown> {
    if (account === undefined) return yield* allChanges(store, 'proposed')
    const accountId = account as AccountId
    yield await linksOf(store, accountId)
    yield* allChanges(store, { accountId })
  }
  return { lines: streamFromStore({ terminal, dataDir }, read) }
}

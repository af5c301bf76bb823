import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { LinkChange, LinkChangesPort, LinkMove } from '#src/store/ports/link-changes.ts'
import { createSealLink, createTokens, openLink, sealClaims } from './accounts.ts'
import { createSealEvents } from './audit.ts'
import { createMatterToken } from './reviews.ts'

const reasonContext = (id: string) => ['link_changes', 'reason', id]

/** Whose key seals what a move tells of a link: of whoever has it then, else of whoever had it. */
const ownerOf = ({ from, to }: LinkMove): AccountId | undefined => to ?? from

/**
 * Acts on links, whose records are sealed with the key of the account that has them then: what is moved is sealed anew for
 * the account it is moved to, and an erased account takes what was kept of its links with it.
 */
export const encryptLinkChanges = (changes: LinkChangesPort, keyring: Keyring): LinkChangesPort => {
  const { accounts, index, sealers } = keyring
  const tokens = createTokens(index)
  const sealLink = createSealLink(index)
  const sealEvents = createSealEvents(keyring)
  const matterToken = createMatterToken(index)

  /** Sealers of accounts that are being opened, which are not in the store yet. */
  type Fresh = ReadonlyMap<string, Sealer>

  const sealMove = async (move: LinkMove, fresh: Fresh): Promise<LinkMove> => {
    if (move.thing !== 'record') return move
    const { link, record, ...rest } = move
    const outside = { ...rest, record: tokens.customer(record) }
    const owner = ownerOf(move)
    if (link === undefined || owner === undefined) return outside
    const sealer = fresh.get(owner) ?? (await accounts.of(owner))
    // Erased meanwhile: the store finds that it is not there.
    if (sealer === undefined) return outside
    return { ...outside, link: sealLink(sealer, owner, link) }
  }

  const openMove = (move: LinkMove, known: ReadonlyMap<string, Sealer>): LinkMove => {
    if (move.thing !== 'record') return move
    const { link, ...rest } = move
    const owner = ownerOf(move)
    const sealer = link === undefined || owner === undefined ? undefined : known.get(owner)
    if (link === undefined || owner === undefined || sealer === undefined) return rest
    const opened = openLink(sealer, owner, link)
    const { serviceLine, customerId } = opened
    return { ...rest, record: { serviceLine, customerId }, link: opened }
  }

  const seal = async (change: LinkChange, fresh: Fresh = new Map()): Promise<LinkChange> => ({
    ...change,
    reason: sealers.audit.seal(reasonContext(change.id), change.reason),
    moves: await Promise.all(change.moves.map(move => sealMove(move, fresh))),
  })

  const openAll = async (changed: readonly LinkChange[]): Promise<readonly LinkChange[]> => {
    const records = changed.flatMap(({ moves }) => moves.filter(({ thing }) => thing === 'record'))
    const known = await accounts.ofMany(records.flatMap(move => ownerOf(move) ?? []))
    return changed.map(change => ({
      ...change,
      reason: sealers.audit.open(reasonContext(change.id), change.reason),
      moves: change.moves.map(move => openMove(move, known)),
    }))
  }

  return {
    referTo: async identity => tokens.identity(identity),
    identitiesOf: changes.identitiesOf,
    ownerOf: changes.ownerOf,
    propose: async (change, events) => changes.propose(await seal(change), await sealEvents(events)),
    withdraw: async ({ events, ...rest }) => changes.withdraw({ ...rest, events: await sealEvents(events) }),

    apply: async ({ change, opens, endLogins, closes, settles = [], events }) => {
      if (opens.some(({ dataKey }) => dataKey !== undefined))
        throw new PiasError('server.failed', 'a data key is made here')
      const made = opens.map(({ account }) => ({ account, ...accounts.make(account.id) }))
      const fresh = new Map<string, Sealer>(made.map(({ account, sealer }) => [account.id, sealer]))
      const result = await changes.apply({
        change: await seal(change, fresh),
        opens: made.map(({ account, sealer, wrapped }) => ({
          account: { ...account, claims: sealClaims(sealer, account, account.claims) },
          dataKey: wrapped,
        })),
        endLogins,
        ...(closes !== undefined && { closes }),
        settles: await Promise.all(
          settles.map(async ({ matter, event }) => {
            const [sealed] = await sealEvents([event], Object.fromEntries(fresh))
            return { matter: matterToken(matter), event: sealed as AuditEvent }
          }),
        ),
        events: await sealEvents(events, Object.fromEntries(fresh)),
      })
      if (result === 'done') for (const [id, sealer] of fresh) accounts.keep(id, sealer)
      return result
    },

    find: async id => {
      const found = await changes.find(id)
      return found && (await openAll([found]))[0]
    },

    list: async query => openAll(await changes.list(query)),
  }
}

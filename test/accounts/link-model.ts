/**
 * What links are, in the plainest words: each thing (a record, an identity, an account as a part) is held by one account
 * or nobody. An act moves things; one that does not fit changes nothing. Nothing else ever moves.
 */
export type ModelMove = { thing: string; from?: string; to?: string }
type Done = { moves: readonly ModelMove[]; undone: boolean }

const upstreamOf = (thing: string): string | undefined => /^identity:(\w+):/.exec(thing)?.[1]

/** An empty world. */
export const createLinkModel = () => {
  const accounts = new Set<string>()
  const holders = new Map<string, string>()
  const done = new Map<string, Done>()

  const isMerged = (account: string): boolean => holders.has(`account:${account}`)
  const isOpen = (account: string | undefined): boolean =>
    account !== undefined && accounts.has(account) && !isMerged(account)
  const identitiesOf = (account: string): string[] =>
    [...holders]
      .filter(([thing, holder]) => thing.startsWith('identity:') && holder === account)
      .map(([thing]) => thing)

  const fits = ({ thing, from, to }: ModelMove): boolean => {
    if (holders.get(thing) !== from) return false
    if (to === undefined) return true
    const upstream = upstreamOf(thing)
    const hasOne = upstream !== undefined && identitiesOf(to).some(one => one !== thing && upstreamOf(one) === upstream)
    return isOpen(to) && thing !== `account:${to}` && !hasOne
  }

  /** All moves or none; a later one may need room that an earlier one makes. */
  const move = (moves: readonly ModelMove[]): boolean => {
    const before = new Map(holders)
    for (const one of moves) {
      if (!fits(one)) {
        holders.clear()
        for (const [thing, holder] of before) holders.set(thing, holder)
        return false
      }
      if (one.to === undefined) holders.delete(one.thing)
      else holders.set(one.thing, one.to)
    }
    return true
  }

  return {
    isOpen,
    identitiesOf,
    holderOf: (thing: string) => holders.get(thing),
    open: (account: string, things: readonly string[]) => {
      accounts.add(account)
      for (const thing of things) holders.set(thing, account)
    },
    /** An act with the id that PIAS gave it. @returns whether it fits */
    act: (id: string, moves: readonly ModelMove[]): boolean => {
      const fitted = move(moves)
      if (fitted) done.set(id, { moves, undone: false })
      return fitted
    },
    /** The moves that undo an act; undefined where there is none to undo. */
    inverse: (id: string): readonly ModelMove[] | undefined => {
      const act = done.get(id)
      if (act === undefined || act.undone) return undefined
      return act.moves.toReversed().map(({ thing, from, to }) => ({
        ...{ thing, ...(to !== undefined && { from: to }), ...(from !== undefined && { to: from }) },
      }))
    },
    markUndone: (id: string) => {
      const act = done.get(id)
      if (act !== undefined) act.undone = true
    },
    /** The account that somebody who logs in by an identity, or owns a record, is at. */
    wholeOf: (thing: string): string | undefined => {
      let account = holders.get(thing)
      while (account !== undefined && isMerged(account)) account = holders.get(`account:${account}`)
      return account
    },
    acts: () => [...done.keys()],
  }
}

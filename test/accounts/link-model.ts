/**
 * What links are, in the plainest words: each thing (a record, an identity, an account as a part) is held by one account
 * or nobody. An act moves things; one that does not fit changes nothing. Nothing else ever moves. An app that knows an
 * account alone goes on to know the person by it while it is a part of another.
 */
export type ModelMove = { thing: string; from?: string; to?: string; apps?: readonly string[] }
type Done = { moves: readonly ModelMove[]; undone: boolean }

const upstreamOf = (thing: string): string | undefined => /^identity:(\w+):/.exec(thing)?.[1]

/** An empty world. */
export const createLinkModel = () => {
  const accounts = new Set<string>()
  const holders = new Map<string, string>()
  const done = new Map<string, Done>()
  const learned = new Map<string, Set<string>>()
  /** By which apps a part is known, while it is one. */
  const appsOfPart = new Map<string, readonly string[]>()

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
      if (one.apps !== undefined) appsOfPart.set(one.thing, one.apps)
    }
    return true
  }

  const partsOf = (account: string): string[] =>
    [...accounts].filter(part => holders.get(`account:${part}`) === account).sort()
  const appsByPart = (part: string): readonly string[] => appsOfPart.get(`account:${part}`) ?? []
  const knownBy = (account: string): readonly string[] => [
    ...new Set([...(learned.get(account) ?? []), ...partsOf(account).flatMap(appsByPart)]),
  ]

  return {
    isOpen,
    /** Somebody logged in at an app with this account. */
    learn: (account: string, app: string) => {
      learned.set(account, (learned.get(account) ?? new Set()).add(app))
    },
    /** The apps that will know the person by an account once it is part of another. */
    appsFor: (account: string, into: string): readonly string[] => {
      const both = knownBy(into)
      return knownBy(account).filter(app => !both.includes(app))
    },
    /** The account by whose name an app knows whoever logs in to this one. */
    nameOf: (account: string, app: string): string => {
      let name = account
      for (let part: string | undefined = name; part !== undefined; ) {
        name = part
        part = partsOf(name).find(one => appsByPart(one).includes(app))
      }
      return name
    },
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
      return act.moves.toReversed().map(({ thing, from, to, apps }) => ({
        thing,
        ...(apps !== undefined && { apps }),
        ...(to !== undefined && { from: to }),
        ...(from !== undefined && { to: from }),
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

import type { TruthLine } from '#examples/customer-data/draw-lines.ts'

/** How links compare with the truth. */
export type Score = {
  /** Records linked, and those of them that are somebody else's. */
  readonly links: number
  readonly wrong: number
  /** Records that the identities own. */
  readonly owned: number
}

/** Counts links against the truth. */
export const createScore = () => {
  let score: Score = { links: 0, wrong: 0, owned: 0 }
  return {
    add: (truth: TruthLine, linked: readonly string[]): void => {
      const own = new Set(truth.customerIds)
      score = {
        links: score.links + linked.length,
        wrong: score.wrong + linked.filter(id => !own.has(id)).length,
        owned: score.owned + own.size,
      }
    },
    result: (): Score => score,
  }
}

/** The share of links that are wrong, from 0 to 1; NaN without links. */
export const wrongShare = ({ links, wrong }: Score): number => wrong / links

/** The share of the identities' records that were linked. */
export const recordRecall = ({ links, wrong, owned }: Score): number => (links - wrong) / owned

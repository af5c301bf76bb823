import type { AuditBlock, AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { BlockMac, ChainMark } from './chain.ts'

/** What a look at the chain brought: whole is one without problems. `end` is the last block that was looked at. */
export type ChainReport = {
  readonly blocks: number
  readonly events: number
  readonly end: ChainMark
  readonly problems: readonly string[]
}

const PAGE = 500
/** Events that are held at a time, about. */
const BATCH = 2000
/** A trail that was rewritten ends in a few lines. */
const MOST_PROBLEMS = 20

type Batch = readonly AuditBlock[]

/** Blocks that follow each other, as many as hold about {@link BATCH} events. */
const batchesOf = (blocks: readonly AuditBlock[]): readonly Batch[] => {
  const batches: AuditBlock[][] = []
  let held = BATCH
  for (const block of blocks) {
    if (held >= BATCH) {
      batches.push([])
      held = 0
    }
    batches.at(-1)?.push(block)
    held += block.events
  }
  return batches
}

const rangeOf = (first: number, last: number): string =>
  first === last ? `block ${first} is missing` : `blocks ${first} to ${last} are missing`

/**
 * Verifies the chain after a mark: that no block is missing and each is what its events and the one before make it. Looks
 * at what is stored, so it needs no key of any account.
 * @param options.until ends once about so many events were looked at
 * @param options.known marks that must be in the chain as they are, such as one that was kept elsewhere
 */
export const verifyChain = async (
  deps: { auditChain: AuditChainPort; macOf: BlockMac },
  options: { after: ChainMark; until?: number; known?: readonly ChainMark[] },
): Promise<ChainReport> => {
  const { auditChain, macOf } = deps
  const { after, until = Number.POSITIVE_INFINITY, known = [] } = options
  // Of one block several may be kept: by PIAS itself, and elsewhere.
  const macs = Map.groupBy(
    known.filter(({ number }) => number > after.number),
    ({ number }) => number,
  )
  const problems = new Set<string>()
  const seen = { blocks: 0, events: 0 }
  let before = after

  const checkBlock = (block: AuditBlock, events: Awaited<ReturnType<AuditChainPort['eventsOf']>>): void => {
    const { number, mac } = block
    if (events.length !== block.events) problems.add(`block ${number} has ${events.length} of ${block.events} events`)
    // Where the one before is gone, nothing more can be said of this one.
    else if (number !== before.number + 1) problems.add(rangeOf(before.number + 1, number - 1))
    else if (macOf(before, block, events) !== mac) problems.add(`block ${number} or one of its events was changed`)
    const isOther = macs.get(number)?.some(kept => kept.mac !== mac)
    if (isOther) problems.add(`block ${number} is not the one that was kept`)
    before = block
  }

  const checkBatch = async (batch: Batch): Promise<void> => {
    const range = { first: batch[0]?.number ?? 0, last: batch.at(-1)?.number ?? 0 }
    const events = Map.groupBy(await auditChain.eventsOf(range), ({ block }) => block)
    for (const block of batch) {
      checkBlock(block, events.get(block.number) ?? [])
      macs.delete(block.number)
    }
    const numbers = new Set(batch.map(({ number }) => number))
    for (const number of events.keys()) if (!numbers.has(number)) problems.add(`block ${number} is missing`)
    seen.blocks += batch.length
    seen.events += [...events.values()].reduce((sum, { length }) => sum + length, 0)
  }

  for (;;) {
    const page = await auditChain.blocks({ after: before.number, limit: PAGE })
    for (const batch of batchesOf(page)) {
      await checkBatch(batch)
      if (seen.events >= until || problems.size >= MOST_PROBLEMS) {
        return { ...seen, end: before, problems: [...problems].slice(0, MOST_PROBLEMS) }
      }
    }
    if (page.length < PAGE) break
  }
  for (const number of macs.keys()) problems.add(`block ${number}, which was kept, is missing`)
  const beyond = await auditChain.eventsOf({ first: before.number + 1, last: Number.MAX_SAFE_INTEGER })
  const last = await auditChain.head()
  if (beyond.length > 0 && (last === undefined || last.number <= before.number)) {
    problems.add(`${beyond.length} events are of blocks that are missing`)
  }
  return { ...seen, end: before, problems: [...problems] }
}

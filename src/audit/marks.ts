import { z } from 'zod'
import { PiasError } from '#src/kernel/errors.ts'
import type { AuditChainPort } from '#src/store/ports/audit-chain.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { BEGINNING, type ChainMark } from './chain.ts'
import { isChanged, type NoteName, noteChanged } from './own-notes.ts'

/** A mark as it was found; none, and a problem, where somebody changed it. */
export type FoundMark = { readonly mark?: ChainMark; readonly problems: readonly string[] }

/** A place in the chain that is remembered under a name among the store's keys, where nobody can forge it. */
export type StoredMark = {
  /** @throws PiasError `server.failed` where somebody changed it */
  read(): Promise<ChainMark>
  /** The same for whoever goes on without. */
  look(): Promise<FoundMark>
  /** Moves it on. False when another one did so since it was read. */
  advance(from: ChainMark, to: ChainMark): Promise<boolean>
}

const markSchema = z.object({ number: z.int().nonnegative(), mac: z.string() })

const write = ({ number, mac }: ChainMark): string => JSON.stringify({ number, mac })

const createMark = (keys: KeysPort, name: NoteName): StoredMark => {
  const read = async (): Promise<ChainMark> => {
    const text = await keys.find(name)
    if (text === undefined) return BEGINNING
    const { data } = markSchema.safeParse(JSON.parse(text))
    if (data === undefined) throw new PiasError('server.failed', noteChanged(name))
    return data
  }
  return {
    read,
    look: async () => {
      try {
        return { mark: await read(), problems: [] }
      } catch (error) {
        if (!isChanged(error)) throw error
        return { problems: [noteChanged(name)] }
      }
    },
    advance: async (from, to) => {
      await keys.putIfAbsent(name, write(BEGINNING))
      return keys.replace(name, write(from), write(to))
    },
  }
}

/** Where the chain begins, for older blocks are dropped, and how far it was verified. */
export type ChainMarks = { readonly start: StoredMark; readonly verified: StoredMark }

/** The marks of an installation. */
export const createChainMarks = (keys: KeysPort): ChainMarks => ({
  start: createMark(keys, 'audit-start'),
  verified: createMark(keys, 'audit-verified'),
})

/**
 * Where the chain begins. Where that note was changed, with the first block that is there: of this one nothing can be said,
 * unless it is the first of all.
 */
export const findStart = async (
  auditChain: Pick<AuditChainPort, 'blocks'>,
  start: Pick<StoredMark, 'look'>,
): Promise<{ readonly mark: ChainMark; readonly problems: readonly string[] }> => {
  const { mark, problems } = await start.look()
  if (mark !== undefined) return { mark, problems }
  const [first] = await auditChain.blocks({ after: 0, limit: 1 })
  return { mark: first === undefined || first.number === 1 ? BEGINNING : first, problems }
}

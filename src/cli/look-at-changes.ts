import { createRecordChanges } from '#src/customers/snapshot/record-changes.ts'
import { createLookAtChanges, type LookAtChanges, type Looked } from '#src/linking/look-at-changes.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openMatching } from './open-matching.ts'
import { grouped, type Terminal } from './terminal.ts'

/** Looks whether changes of records touch links, as a node does now and then. */
export const lookAtChanges = async (
  terminal: Terminal,
  store: Store,
  options: Parameters<LookAtChanges>[0] = {},
): Promise<Looked> => {
  const opened = await openMatching(terminal, store)
  const look = createLookAtChanges({
    ...store,
    ...opened,
    changes: createRecordChanges(store),
    modelInForce: createModelInForce({ keys: store.keys, clock: terminal.clock }),
  })
  return look(options)
}

/** What an operator is told where people must look at links. */
export const reviewsNote = (raised: number): string =>
  raised > 0 ? `pias: ${grouped(raised)} links need a review: pias reviews list\n` : ''

import type { Json } from '#src/kernel/runtime.ts'

/** A write that waits to be sent. `value` is what a read of its key finds meanwhile; undefined for nothing. */
type Pending = { readonly send: () => Promise<unknown>; readonly value?: Json | undefined }

/** The writes of one request that wait to be sent, one for each key, in the order of their last writing. */
export type PendingWrites = {
  put(key: string, send: () => Promise<unknown>, value?: Json): void
  /** Puts a command in that is no write of a key. */
  add(command: () => Promise<unknown>): void
  /** What stands under a key: nothing pending is `undefined`. The value is a copy. */
  get(key: string): { readonly value: Json | undefined } | undefined
  isEmpty(): boolean
  /** Sends all, each without waiting for the one before. Waits for every answer. @throws what the first one throws */
  sendAll(): Promise<void>
}

/** Waits for all, so that none is left behind that fails unseen. */
const allDone = async (answers: readonly Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(answers)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** An empty list of writes. */
export const createPendingWrites = (): PendingWrites => {
  const pending = new Map<string | symbol, Pending>()
  return {
    put: (key, send, value) => {
      // Once more at the end: what is found by a later write must not be missing from an earlier one.
      pending.delete(key)
      pending.set(key, { send, value })
    },
    add: command => {
      pending.set(Symbol('command'), { send: command })
    },
    get: key => {
      const found = pending.get(key)
      // Callers change what they read.
      return found && { value: structuredClone(found.value) }
    },
    isEmpty: () => pending.size === 0,
    sendAll: async () => {
      if (pending.size === 0) return
      const sending = [...pending.values()]
      pending.clear()
      await allDone(sending.map(({ send }) => send()))
    },
  }
}

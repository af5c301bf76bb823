import { setTimeout as sleep } from 'node:timers/promises'
import { PiasError } from '#src/kernel/errors.ts'
import type { Logger } from '#src/kernel/runtime.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000

/**
 * Opens what a node cannot be without, and waits for it while it does not answer: at its start nobody waits for the node,
 * and a server that is busy or still starting needs no other remedy. What is wrong and stays so is told at once.
 * @throws what `open` throws: `store.unavailable` when it was waited for in vain
 */
export const whenThere = async <Opened>(
  open: () => Promise<Opened>,
  { logger, patienceMs }: { logger: Logger; patienceMs: number },
): Promise<Opened> => {
  const began = performance.now()
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      const opened = await open()
      if (wait > FIRST_WAIT_MS) {
        logger.info({ event: 'store_there', waitedMs: Math.round(performance.now() - began) }, 'the store answers')
      }
      return opened
    } catch (error) {
      const isAway = error instanceof PiasError && error.code === 'store.unavailable'
      if (!isAway || performance.now() - began + wait > patienceMs) throw error
      if (wait === FIRST_WAIT_MS)
        logger.warn({ event: 'store_awaited', detail: error.detail }, 'the store is waited for')
    }
    await sleep(wait)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'

const LONG_MS = 30_000

/** Waits until something is so, for as long as a busy machine may take. @throws Error when it never is */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + LONG_MS
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('it never was so')
    await sleep(20)
  }
}

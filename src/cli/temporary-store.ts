import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createThrowawayKek } from '#src/crypto/kek/throwaway.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { encryptStore } from '#src/store/encrypted/encrypt-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { openStore } from '#src/store/registry.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Makes a directory that is removed when the process is told to end, which then ends as it would have. The signals are
 * listened to first: none falls between the directory and its removal.
 */
const makeDirectory = (): { dir: string; forgetSignals: () => void } => {
  const forgetSignals = (): void => {
    for (const name of SIGNALS) process.removeListener(name, end)
  }
  const end = (signal: NodeJS.Signals): void => {
    rmSync(dir, { recursive: true, force: true })
    forgetSignals()
    process.kill(process.pid, signal)
  }
  for (const name of SIGNALS) process.on(name, end)
  const dir = mkdtempSync(join(tmpdir(), 'pias-'))
  return { dir, forgetSignals }
}

/**
 * Runs on an empty embedded store of its own, in a new directory under the system's place for temporary files (`TMPDIR`),
 * and removes it, whatever happens. It is encrypted with keys of this process alone: should it be left behind, nobody can
 * read it.
 * @throws `store.unusable` when it cannot be opened
 */
export const withTemporaryStore = async <T>(clock: Clock, run: (store: Store) => Promise<T>): Promise<T> => {
  const { dir: dataDir, forgetSignals } = makeDirectory()
  try {
    const store = await openStore({ kind: 'sqlite', dataDir }, { clock })
    try {
      const keyring = await openKeyring({ dataKeys: store.dataKeys, kek: createThrowawayKek(), clock })
      return await run(encryptStore(store, keyring))
    } finally {
      await store.close()
    }
  } finally {
    forgetSignals()
    await rm(dataDir, { recursive: true, force: true })
  }
}

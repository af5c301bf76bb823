import type { Config } from '#src/config/schema.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { openEncryptedStore } from '#src/store/encrypted/open-encrypted-store.ts'
import type { Store } from '#src/store/ports/store.ts'
import { whenThere } from './when-there.ts'

/**
 * Opens the configured store. In development it brings a shared database to this version by itself, and makes a
 * key-encryption key where there is none.
 * @param deps.node a node waits for a store that does not answer; a command beside it is told at once
 * @throws PiasError as `openEncryptedStore`
 */
export const openNodeStore = (
  config: Config,
  { clock, logger, node }: { clock: Clock; logger: Logger; node: boolean },
): Promise<Store> => {
  const development = config.environment === 'development'
  const open = () =>
    openEncryptedStore(config, {
      dataDir: config.dataDir,
      clock,
      migrate: development,
      makeKek: development,
      onKekTrouble: error =>
        logger.warn({ event: 'kek_unavailable', cause: String(error) }, 'the key-encryption key does not answer'),
      node,
    })
  return node ? whenThere(open, { logger, patienceMs: config.server.startPatience * 1000 }) : open()
}

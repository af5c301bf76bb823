import { join } from 'node:path'
import type { KekConfig } from './config.ts'
import type { KeyEncryption } from './port.ts'

/** What a key-encryption key is opened with. `make` lets it be made where it is missing: in development. */
export type KekDeps = { readonly dataDir: string; readonly make: boolean }

/** The file of a node that was told none, beside its data. */
export const defaultKeyFile = (dataDir: string): string => join(dataDir, 'kek')

type Open<Kind> = (config: Extract<KekConfig, { kind: Kind }>, deps: KekDeps) => Promise<KeyEncryption>

/** Every kind of key-encryption key, loaded when first used; another one is a file beside them and a line here. */
const KEKS: { readonly [Kind in KekConfig['kind']]: Open<Kind> } = {
  file: async ({ file }, { dataDir, make }) => {
    const { openFileKek } = await import('#src/crypto/kek/file.ts')
    return openFileKek({ file: file ?? defaultKeyFile(dataDir), make })
  },
  'vault-transit': async config => {
    const { openVaultTransitKek } = await import('#src/crypto/kek/vault-transit.ts')
    return openVaultTransitKek(config)
  },
}

/**
 * Opens the configured key-encryption key.
 * @throws PiasError `config.unreadable` or `config.invalid` with one line that says what to do
 */
export const openKek = (config: KekConfig, deps: KekDeps): Promise<KeyEncryption> =>
  (KEKS[config.kind] as Open<string>)(config as never, deps)

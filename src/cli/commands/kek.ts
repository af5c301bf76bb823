import { existsSync, readFileSync } from 'node:fs'
import { isConfirmed } from '#src/cli/confirm.ts'
import { withRawStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { type KekConfig, kekConfigSchema } from '#src/crypto/kek/config.ts'
import { addKeyVersion, makeKeyFile } from '#src/crypto/kek/key-file.ts'
import { defaultKeyFile, openKek } from '#src/crypto/kek/registry.ts'
import { moveSharedKeys, rewrapSharedKeys } from '#src/crypto/keyring/shared-keys.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'

const VAULT = 'the key-encryption key is in Vault: rotate it there (vault write -f transit/keys/NAME/rotate)'

/** `kek create`: makes a file with a first key-encryption key. Exit code 2 when there is one. */
export const createKekFile = (terminal: Terminal, file: string): void => {
  if (existsSync(file)) return refuse(terminal, `${file} exists already: a key-encryption key is never overwritten`)
  makeKeyFile(file)
  terminal.stdout.write(`${file} made, for this user only. Keep a copy apart from all backups of the data\n`)
}

const fileOf = (kek: KekConfig, dataDir: string): string | undefined =>
  kek.kind === 'file' ? (kek.file ?? defaultKeyFile(dataDir)) : undefined

/** `kek add-version`: adds a version to the configured file; exit code 2 when the key is not in a file. */
export const addKekVersion = (terminal: Terminal): void => {
  const { kek, dataDir } = terminal.loadConfig()
  const file = fileOf(kek, dataDir)
  if (file === undefined) return refuse(terminal, VAULT)
  const version = addKeyVersion(file)
  terminal.stdout.write(`${file} has version ${version}. Give the file to every node, then: pias kek rewrap\n`)
}

/**
 * `kek rewrap`: lets the newest version wrap what older ones have wrapped. Nodes go on undisturbed.
 * @throws what the store and the key-encryption key throw
 */
export const rewrapKeys = (terminal: Terminal): Promise<void> =>
  withRawStore(terminal, async ({ dataKeys }, { kek, dataDir }) => {
    const opened = await openKek(kek, { dataDir, make: false })
    const { keys, rewrapped } = await rewrapSharedKeys({ dataKeys, kek: opened })
    terminal.stdout.write(`${rewrapped} of ${keys} keys wrapped anew\n`)
  })

/** @throws PiasError `config.unreadable` or `config.invalid` */
const readKekSetting = (file: string): KekConfig => {
  const read = (): unknown => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch (cause) {
      throw new PiasError('config.unreadable', `${file} is not a readable JSON file`, { cause })
    }
  }
  const parsed = kekConfigSchema.safeParse(read(), { error: inputWords })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'kek'}: ${message}`)
  throw new PiasError('config.invalid', `${file}: ${problems.join('; ')}`)
}

/**
 * `kek move`: lets the configured key-encryption key wrap what the one of this file (a `kek` setting as JSON) has wrapped.
 * Exit code 2 when nobody confirms it.
 * @throws what the store and the key-encryption keys throw
 */
export const moveKek = async (terminal: Terminal, oldSetting: string, { yes }: { yes?: true }): Promise<void> => {
  const old = readKekSetting(oldSetting)
  const what = 'lets another key-encryption key wrap all keys: a node that runs with the old one reads nothing any more'
  if (!(await isConfirmed(terminal, { yes, what, name: oldSetting }))) return
  await withRawStore(terminal, async ({ dataKeys }, { kek, dataDir }) => {
    const from = await openKek(old, { dataDir, make: false })
    const to = await openKek(kek, { dataDir, make: false })
    const { keys, moved } = await moveSharedKeys({ dataKeys, from, to })
    terminal.stdout.write(`${moved} of ${keys} keys moved\n`)
  })
}

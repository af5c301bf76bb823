import { existsSync, readFileSync } from 'node:fs'
import { unconfirmed } from '#src/cli/confirm.ts'
import { withRawStore, withStore } from '#src/cli/offline.ts'
import { type Outcome, refused } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { type KekConfig, kekConfigSchema } from '#src/crypto/kek/config.ts'
import { addKeyVersion, makeKeyFile } from '#src/crypto/kek/key-file.ts'
import { defaultKeyFile, openKek } from '#src/crypto/kek/registry.ts'
import { moveSharedKeys, rewrapSharedKeys } from '#src/crypto/keyring/shared-keys.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { Store } from '#src/store/ports/store.ts'

const VAULT = 'the key-encryption key is in Vault: rotate it there (vault write -f transit/keys/NAME/rotate)'

type Noted = {
  readonly type: 'kek.version-added' | 'kek.rewrapped' | 'kek.moved'
  readonly data: { [name: string]: Json }
}

/** Says in the audit trail who did what to the key-encryption key. */
const note = (
  { audit }: Pick<Store, 'audit'>,
  { clock, operator: by }: Terminal,
  { type, data }: Noted,
): Promise<void> => audit.append([{ at: clock(), type, data: { ...data, by } }])

/**
 * `kek create`: makes a file with a first key-encryption key. Refused where there is one. Nothing is encrypted with it yet,
 * so there is no audit trail to tell.
 */
export const createKekFile = (file: string): Outcome => {
  if (existsSync(file)) return refused('taken', `${file} exists already: a key-encryption key is never overwritten`)
  makeKeyFile(file)
  return { value: { file }, text: `${file} made, for this user only. Keep a copy apart from all backups of the data\n` }
}

const fileOf = (kek: KekConfig, dataDir: string): string | undefined =>
  kek.kind === 'file' ? (kek.file ?? defaultKeyFile(dataDir)) : undefined

/**
 * `kek add-version`: adds a version to the configured file; refused where the key is not in a file.
 * @throws what the store throws
 */
export const addKekVersion = async (terminal: Terminal): Promise<Outcome> => {
  const { kek, dataDir } = terminal.loadConfig()
  const file = fileOf(kek, dataDir)
  if (file === undefined) return refused('in-vault', VAULT)
  // Opened before: what is written now can be read by nodes that do not have the new version yet.
  const version = await withStore({ terminal }, async store => {
    const added = addKeyVersion(file)
    await note(store, terminal, { type: 'kek.version-added', data: { version: added } })
    return added
  })
  const text = `${file} has version ${version}. Give the file to every node, then: pias kek rewrap\n`
  return { value: { file, version }, text }
}

/**
 * `kek rewrap`: lets the newest version wrap what older ones have wrapped. Nodes go on undisturbed.
 * @throws what the store and the key-encryption key throw
 */
export const rewrapKeys = async (terminal: Terminal): Promise<Outcome> => {
  const { keys, rewrapped } = await withRawStore(terminal, async ({ dataKeys }, { kek, dataDir }) =>
    rewrapSharedKeys({ dataKeys, kek: await openKek(kek, { dataDir, make: false }) }),
  )
  await withStore({ terminal }, store => note(store, terminal, { type: 'kek.rewrapped', data: { keys, rewrapped } }))
  return { value: { keys, rewrapped }, text: `${rewrapped} of ${keys} keys rewrapped\n` }
}

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
 * Refused where nobody confirms it.
 * @throws what the store and the key-encryption keys throw
 */
export const moveKek = async (terminal: Terminal, oldSetting: string, { yes }: { yes?: true }): Promise<Outcome> => {
  const old = readKekSetting(oldSetting)
  const what =
    'wraps all keys with another key-encryption key: a node that runs with the old one can read nothing any more'
  const stop = await unconfirmed(terminal, { yes, what, name: oldSetting })
  if (stop !== undefined) return stop
  const { keys, moved } = await withRawStore(terminal, async ({ dataKeys }, { kek, dataDir }) => {
    const from = await openKek(old, { dataDir, make: false })
    const to = await openKek(kek, { dataDir, make: false })
    return moveSharedKeys({ dataKeys, from, to })
  })
  await withStore({ terminal }, store => note(store, terminal, { type: 'kek.moved', data: { keys, moved } }))
  return { value: { keys, moved }, text: `${moved} of ${keys} keys moved\n` }
}

import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { KEY_BYTES } from '#src/crypto/envelope/sealer.ts'
import { PiasError } from '#src/kernel/errors.ts'

/** The versions in a file, oldest first: name and secret. */
export type KeyVersions = ReadonlyMap<string, Uint8Array>

const LINE = /^([\w-]{1,40}) ([\w-]{43})$/

const lineOf = (version: number): string => `${version} ${randomBytes(KEY_BYTES).toString('base64url')}\n`

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason'

/**
 * Reads a file of key-encryption keys: one version a line, its name, a space, and 32 random bytes as base64url; the last
 * line is the newest. Empty lines and those that begin with `#` say nothing.
 * @throws PiasError `config.unreadable` when it cannot be read, `config.invalid` when it is no such file
 */
export const readKeyFile = (file: string): KeyVersions => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const detail = `cannot read the key-encryption key ${file} (${reasonOf(cause)}): set PIAS_KEK_FILE to where it is`
    throw new PiasError('config.unreadable', detail, { cause })
  }
  const lines = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  const versions = new Map<string, Uint8Array>()
  for (const line of lines) {
    const [, version, secret] = LINE.exec(line.trimEnd()) ?? []
    if (version === undefined || secret === undefined || versions.has(version)) {
      // Never the line itself: it may be a secret with a typing error.
      throw new PiasError(
        'config.invalid',
        `${file} must hold lines of a version, a space and 43 characters of base64url`,
      )
    }
    versions.set(version, Buffer.from(secret, 'base64url'))
  }
  if (versions.size === 0) throw new PiasError('config.invalid', `${file} holds no key-encryption key`)
  return versions
}

/** Writes a file for this user only, whole or not at all; `place` puts it where it belongs. */
const writeWhole = (file: string, text: string, place: (from: string) => void): void => {
  const draft = `${file}.${process.pid}.new`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    chmodSync(draft, 0o600)
    place(draft)
  } catch (cause) {
    const detail = `cannot write the key-encryption key ${file} (${reasonOf(cause)})`
    throw new PiasError('config.unreadable', detail, { cause })
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Makes a file with a first version, unless there is one; of several processes that try, one does. */
export const makeKeyFile = (file: string): void =>
  writeWhole(file, lineOf(1), draft => {
    try {
      // Fails where a file is, which a renaming would replace.
      linkSync(draft, file)
    } catch (error) {
      if (reasonOf(error) !== 'EEXIST') throw error
    }
  })

/** Adds a version that wraps from now on. @returns its name */
export const addKeyVersion = (file: string): string => {
  const versions = readKeyFile(file)
  const numbers = [...versions.keys()].map(Number).filter(Number.isInteger)
  const next = Math.max(0, ...numbers) + 1
  const text = readFileSync(file, 'utf8')
  writeWhole(file, `${text.endsWith('\n') ? text : `${text}\n`}${lineOf(next)}`, draft => renameSync(draft, file))
  return String(next)
}

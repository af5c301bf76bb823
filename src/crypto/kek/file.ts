import { existsSync } from 'node:fs'
import { createSealer } from '#src/crypto/envelope/sealer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { makeKeyFile, readKeyFile } from './key-file.ts'
import type { KeyEncryption } from './port.ts'

const PREFIX = 'file'

const FOREIGN = 'the data keys were wrapped with another key-encryption key: set PIAS_KEK_FILE to the one of these data'

const foreign = (cause?: unknown): PiasError => new PiasError('store.unusable', FOREIGN, { cause })

/**
 * A key-encryption key in a file, for a secret that the platform mounts. The file is read once.
 * @param options.make makes the file when it is missing
 * @throws PiasError `config.unreadable` or `config.invalid` for a file that is missing or wrong
 */
export const openFileKek = ({ file, make }: { file: string; make: boolean }): KeyEncryption => {
  if (make && !existsSync(file)) makeKeyFile(file)
  const versions = readKeyFile(file)
  const sealers = new Map([...versions].map(([version, secret]) => [version, createSealer(secret)]))
  const newest = [...versions.keys()].at(-1) as string
  const context = (version: string, name: string) => ['kek', version, name]

  const parse = (wrapped: string) => {
    const [prefix, version = '', sealed = ''] = wrapped.split(':')
    const sealer = prefix === PREFIX ? sealers.get(version) : undefined
    if (sealer === undefined) throw foreign()
    return { version, sealed, sealer }
  }

  return {
    wrap: async (key, name) => {
      const text = Buffer.from(key).toString('base64url')
      return [PREFIX, newest, sealers.get(newest)?.seal(context(newest, name), text)].join(':')
    },
    unwrap: async (wrapped, name) => {
      const { version, sealed, sealer } = parse(wrapped)
      try {
        return Buffer.from(sealer.open(context(version, name), sealed), 'base64url')
      } catch (cause) {
        throw foreign(cause)
      }
    },
    isOutdated: async wrapped => parse(wrapped).version !== newest,
  }
}

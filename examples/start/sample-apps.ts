import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { originOf, SAMPLES, type Sample } from '#examples/relying-parties/samples.ts'

/** Members of a private key that everybody may know (RFC 7517; RFC 7518, 6.2). */
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'kid', 'alg', 'use'] as const

/** The app's key, made when there is none yet. */
const keyOf = (file: string): JWK => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' }
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 })
  return key as JWK
}

/** Where the registrations of apps and APIs are, and the private keys of the apps. */
export type SampleFolders = { readonly clients: string; readonly apis: string; readonly keys: string }

const register = (sample: Sample, folders: SampleFolders & { root: string }, origin: string): void => {
  const from = join(folders.root, 'examples', 'relying-parties', sample.folder)
  const [file, api] = [join(from, 'client.json'), join(from, 'api.json')]
  if (existsSync(api)) copyFileSync(api, join(folders.apis, `${sample.folder}.json`))
  // Redirect URIs are compared letter by letter, so a port of one's own needs a registration of its own.
  const text = readFileSync(file, 'utf8').replaceAll(`http://localhost:${sample.port}/`, `${origin}/`)
  const registration = JSON.parse(text)
  if (sample.hasKey) {
    const key = keyOf(join(folders.keys, `${sample.folder}.json`))
    registration.jwks = { keys: [Object.fromEntries(PUBLIC_MEMBERS.map(name => [name, key[name]]))] }
  }
  writeFileSync(join(folders.clients, `${sample.folder}.json`), `${JSON.stringify(registration, null, 2)}\n`)
}

/**
 * Registers the sample apps: each gets a client file with its addresses and the public half of its key. Keys are made
 * the first time and kept; other files in the folder are left alone.
 * @param options.env names other ports (MYPROXIMUS_PORT…)
 * @returns the folders, under the data folder
 * @throws file system errors
 */
export const registerSamples = (options: { root: string; dataDir: string; env: NodeJS.ProcessEnv }): SampleFolders => {
  const { root, dataDir, env } = options
  const clients = join(dataDir, 'clients')
  const apis = join(dataDir, 'apis')
  const keys = join(dataDir, 'sample-keys')
  for (const dir of [clients, apis, keys]) mkdirSync(dir, { recursive: true })
  chmodSync(keys, 0o700)
  for (const sample of SAMPLES) register(sample, { root, clients, apis, keys }, originOf(sample, env))
  return { clients, apis, keys }
}

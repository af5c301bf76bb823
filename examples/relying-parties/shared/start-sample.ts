import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { JWK } from 'jose'
import type { Sample } from '../samples.ts'
import type { CreateSample, Registration, SampleOptions } from './sample.ts'

/** A running sample. `close` ends open connections too. */
export type RunningSample = { readonly url: string; readonly port: number; close(): Promise<void> }

const reasonOf = (error: unknown, variable: string): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `is in use: stop what runs there, or choose another port with ${variable}_PORT`
  if (code === 'EACCES') return `may not be used by this user: choose one above 1023 with ${variable}_PORT`
  return `cannot be used: ${message}`
}

/** Reads the app's registration from its folder. */
export const readRegistration = (folder: string): Registration =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', folder, 'client.json'), 'utf8'))

const readKey = (sample: Sample, keysDir: string): { privateJwk?: JWK } => {
  if (!sample.hasKey) return {}
  try {
    return { privateJwk: JSON.parse(readFileSync(join(keysDir, `${sample.folder}.json`), 'utf8')) }
  } catch (cause) {
    throw new Error(`${sample.name}: no key in ${keysDir}: start it once by npm start, which makes one`, { cause })
  }
}

/**
 * Starts a sample; the provider need not run yet.
 * @param options.port 0 takes any free one; the registered redirect URIs follow `baseUrl`
 * @param options.keysDir where the keys of the samples are, one file each
 * @throws Error with one readable line when the port cannot be used, or the key is missing
 */
export const startSample = async (
  sample: Sample,
  create: CreateSample,
  options: Pick<SampleOptions, 'issuer' | 'baseUrl' | 'onError'> & {
    readonly port: number
    readonly host: string
    readonly keysDir: string
  },
): Promise<RunningSample> => {
  const { port, host, keysDir, ...told } = options
  const app = create({ ...told, registration: readRegistration(sample.folder), ...readKey(sample, keysDir) })
  const server = createServer(app.callback())
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new Error(`${sample.name}: port ${port} ${reasonOf(error, sample.variable)}`, { cause: error })
  }
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url: options.baseUrl, port: (server.address() as AddressInfo).port, close }
}

import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { MALFORMED, type ReadHash, TOO_COSTLY, within } from './password-hash.ts'

const FORM = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
const LEAST_COST = 4
const MOST_COST = 15
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A thread for each password, since the library computes in the thread that calls it; people log in so but once. */
const compare = (password: string, hash: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./bcrypt-worker.ts', import.meta.url), { workerData: { password, hash } })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread ended without an answer')))
  })

const randomText = (length: number): string =>
  [...randomBytes(length)].map(byte => ALPHABET[byte % ALPHABET.length]).join('')

/** `$2b$12$…` (22 characters of salt, 31 of key), also as `$2a$` and `$2y$`, which mean the same in what is in use. */
export const readBcrypt: ReadHash = text => {
  if (!text.startsWith('$2')) return undefined
  const [, digits] = FORM.exec(text) ?? []
  if (digits === undefined) return MALFORMED
  const cost = within(digits, LEAST_COST, MOST_COST)
  if (cost === undefined) return TOO_COSTLY
  return {
    cost: `$2b$${digits}`,
    verify: password => compare(password, text),
    // The last character of a salt has four bits to spare.
    dummy: () => `$2b$${digits}$${randomText(21)}.${randomText(31)}`,
  }
}

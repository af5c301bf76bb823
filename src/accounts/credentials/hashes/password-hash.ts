/** A hash that was read: what it costs, as one text, and how a password is checked against it. */
export type PasswordHash = {
  /** Kind and parameters; two hashes with the same cost take the same time. */
  readonly cost: string
  readonly verify: (password: string) => Promise<boolean>
  /** A hash of the same cost that fits no password anybody knows. */
  readonly dummy: () => string
}

/** Why a text is no hash, or none that will be verified; holds nothing of it. */
export type HashFault = { readonly fault: string }

/** Reads hashes of one kind; undefined for those of another. */
export type ReadHash = (text: string) => PasswordHash | HashFault | undefined

/** What every kind demands of salts and keys, in bytes. */
export const LEAST_SALT = 8
export const LEAST_KEY = 16
export const MOST_KEY = 128

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Decodes base64 with or without padding, or with the dot that some systems write for a plus. */
export const decodeBase64 = (text: string): Buffer | undefined => {
  const plain = text.replaceAll('.', '+')
  return BASE64.test(plain) ? Buffer.from(plain, 'base64') : undefined
}

/** As hashes write it: without padding. */
export const encodeBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/** Salt and key of a hash, if they are long enough and not too long. */
export const decodeParts = (salt: string, key: string): { salt: Buffer; key: Buffer } | undefined => {
  const [saltBytes, keyBytes] = [decodeBase64(salt), decodeBase64(key)]
  if (saltBytes === undefined || keyBytes === undefined) return undefined
  const good = saltBytes.length >= LEAST_SALT && keyBytes.length >= LEAST_KEY && keyBytes.length <= MOST_KEY
  return good ? { salt: saltBytes, key: keyBytes } : undefined
}

/** A whole number within bounds; undefined for anything else. */
export const within = (text: string | undefined, least: number, most: number): number | undefined => {
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}

/** Faults of all kinds. */
export const MALFORMED: HashFault = { fault: 'is not a hash in a form that is known' }
export const TOO_COSTLY: HashFault = { fault: 'has parameters outside of what is verified' }

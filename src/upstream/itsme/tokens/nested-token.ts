import { compactDecrypt, decodeProtectedHeader, type ProtectedHeaderParameters } from 'jose'
import { PiasError } from '#src/kernel/errors.ts'
import type { ItsmeConfig } from '#src/upstream/itsme/config.ts'
import type { DecryptionAlg, DecryptionKey } from '#src/upstream/itsme/keys.ts'

const refuse = (detail: string): never => {
  throw new PiasError('upstream.invalid_response', detail)
}

const headerOf = (jwe: string): ProtectedHeaderParameters => {
  try {
    return decodeProtectedHeader(jwe)
  } catch {
    return refuse('token header is not readable')
  }
}

/**
 * Opens itsme's nested tokens (JWS inside JWE, RFC 7519 A.2).
 * Refused before any private key is used: what is too large, not a five-part JWE, not marked as holding a JWT,
 * compressed, or in an algorithm that is not allowed. Refused after: what holds anything but a three-part JWS, since
 * encryption alone proves no sender (CVE-2026-9793). The signature is checked by whoever reads the result.
 * @param options.keys those of the moment
 * @param jwe as it came
 * @returns the JWS inside
 * @throws PiasError `upstream.invalid_response`
 */
export const createTokenOpener = (options: {
  keys: () => readonly DecryptionKey[]
  allowed: ItsmeConfig['allowedEncryption']
  maxBytes: number
}): ((jwe: string) => Promise<string>) => {
  const { keys, allowed, maxBytes } = options
  const decryption = {
    keyManagementAlgorithms: [...allowed.alg],
    contentEncryptionAlgorithms: [...allowed.enc],
    maxDecompressedLength: 0,
  }

  const checkHeader = (header: ProtectedHeaderParameters): DecryptionAlg => {
    const alg = allowed.alg.find(name => name === header.alg)
    if (alg === undefined || !allowed.enc.some(name => name === header.enc))
      return refuse('token encryption not allowed')
    if (header.zip !== undefined) return refuse('token is compressed')
    if (typeof header.cty !== 'string' || header.cty.toUpperCase() !== 'JWT') return refuse('token holds no JWT')
    return alg
  }

  /** By key id where there is one (v1 sent none), else one key after the other. */
  const candidates = ({ kid }: ProtectedHeaderParameters): readonly DecryptionKey[] =>
    kid === undefined ? keys() : keys().filter(key => key.kid === kid)

  const decrypt = async (jwe: string, header: ProtectedHeaderParameters, alg: DecryptionAlg): Promise<string> => {
    for (const key of candidates(header)) {
      try {
        const { plaintext } = await compactDecrypt(jwe, key.byAlg[alg], decryption)
        return Buffer.from(plaintext).toString()
      } catch {
        // Not this key, or not intact: which of the two must not be told (RFC 7516, 11.5).
      }
    }
    return refuse('token cannot be decrypted')
  }

  return async jwe => {
    if (jwe.length > maxBytes) refuse('token is too large')
    if (jwe.split('.', 6).length !== 5) refuse('token is not encrypted')
    const header = headerOf(jwe)
    const jws = await decrypt(jwe, header, checkHeader(header))
    return jws.split('.', 4).length === 3 ? jws : refuse('token is not signed')
  }
}

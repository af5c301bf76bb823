import { createHmac, createSecretKey } from 'node:crypto'
import type { Configuration } from 'oidc-provider'

/**
 * Subjects that differ from sector to sector (OIDC Core 8.1), fixed by the sector's name in the client's file: another
 * redirect host or client id changes nobody's subject. Keyed, so that whoever knows an account id or the subject of
 * another sector cannot compute one. A client without a named sector has the host of its `sector_identifier_uri`.
 * @param secret never changes in the life of an installation
 */
export const createPairwiseIdentifier = (secret: string): NonNullable<Configuration['pairwiseIdentifier']> => {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  return async (_ctx, accountId, client) => {
    // No name of a sector looks like an address.
    const sector = client.pias_sector ?? `https://${client.sectorIdentifier}`
    return createHmac('sha256', key).update(`${sector}\n${accountId}`).digest('base64url')
  }
}

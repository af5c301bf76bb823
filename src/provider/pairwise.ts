import { createHmac, createSecretKey } from 'node:crypto'
import type { Configuration } from 'oidc-provider'

/**
 * Subjects that differ from sector to sector (OIDC Core 8.1), fixed by the sector's name in the client's file: another
 * redirect host or client id changes nobody's subject. Keyed, so that whoever knows an account id or the subject of
 * another sector cannot compute one.
 * @param secret never changes in the life of an installation
 */
export const createPairwiseIdentifier = (secret: string): NonNullable<Configuration['pairwiseIdentifier']> => {
  const key = createSecretKey(Buffer.from(secret, 'utf8'))
  return async (_ctx, accountId, client) =>
    createHmac('sha256', key).update(`${client.pias_sector}\n${accountId}`).digest('base64url')
}

import type { ClientMetadata } from '#src/clients/client-metadata.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'

/**
 * Says in the log and in the audit trail, whenever a node starts, which clients may do without PKCE: it is the one thing
 * a client file can say that makes its logins weaker than others'.
 */
export const notePkceWaivers = async (
  clients: readonly ClientMetadata[],
  { audit, clock, logger }: { audit: Pick<AuditPort, 'append'>; clock: Clock; logger: Logger },
): Promise<void> => {
  const waived = clients.filter(client => !client.pias_pkce_required).map(client => client.client_id)
  if (waived.length === 0) return
  logger.warn({ event: 'pkce_not_required', clients: waived }, 'clients that may do without PKCE')
  await audit.append(waived.map(clientId => ({ at: clock(), type: 'client.pkce-waived', clientId, data: {} })))
}

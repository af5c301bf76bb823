import type { AccountId } from '#src/kernel/identity.ts'
import type { CustomerLink } from '#src/store/ports/accounts.ts'
import { createLinkChanges } from './link-changes.ts'

/** Who stands in the record of the change: nobody of the staff. */
const AUTHOR = { by: 'the person', reason: 'put off after a proof' }

/**
 * Makes the act of somebody who links a record that a proof has brought to the account that is there: an act on links like any
 * other, so it can be undone (ADR 0071).
 * @returns whether nobody had the record
 */
export const createLinkRecord = (deps: Parameters<typeof createLinkChanges>[0]) => {
  const changes = createLinkChanges(deps)
  return async (account: AccountId, link: CustomerLink): Promise<boolean> => {
    const { serviceLine, customerId, role, ...origin } = link
    const record = { serviceLine, customerId }
    const request = { kind: 'link' as const, account, record, ...(role !== undefined && { role }), origin }
    return (await changes.request(request, AUTHOR)).kind === 'done'
  }
}

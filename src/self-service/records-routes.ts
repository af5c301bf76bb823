import { seeOther } from '#src/http/see-other.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountId } from '#src/kernel/identity.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import { ACCOUNT_PATH } from './account-client.ts'
import { fields, type OwnLogin, type OwnPageDeps, type OwnPages } from './own-pages.ts'

/** The page of records that the person put off after a proof. */
export const RECORDS_PATH = `${ACCOUNT_PATH}/records`

type Offered = Omit<PageModels['account-records']['records'][number], 'key'>

export type RecordsDeps = OwnPageDeps & {
  /** Records that a proof has brought and the person put off (ADR 0081). */
  readonly putOff: {
    readonly isKept: (accountId: AccountId) => Promise<boolean>
    readonly offered: (accountId: AccountId) => Promise<readonly Offered[]>
    readonly link: (accountId: AccountId, keys: readonly string[]) => Promise<'linked' | 'owned-elsewhere'>
  }
}

/**
 * Whether there may be something to offer to whoever is logged in; only to whom an upstream has vouched for. What it is, if
 * it is anything still, the page of records searches for.
 */
export const hasOffers = async ({ putOff }: Pick<RecordsDeps, 'putOff'>, login: OwnLogin): Promise<boolean> =>
  login.vouchedFor && (await putOff.isKept(login.accountId))

/** Records that were put off, to connect after all: like a passkey only in a login of the last minutes by an upstream. */
export const addRecordsRoutes = ({ page, form, csrfOf }: OwnPages, deps: RecordsDeps): void => {
  const { putOff, show } = deps

  const recordsOf = async ({ accountId }: OwnLogin): Promise<PageModels['account-records']['records']> =>
    (await putOff.offered(accountId)).map(({ serviceLine, customerId, role, business }) => ({
      key: customerKeyOf({ serviceLine, customerId }),
      serviceLine,
      customerId,
      ...(role && { role }),
      ...(business && { business }),
    }))

  page(RECORDS_PATH, true, async (ctx, login) => {
    if (!(await hasOffers(deps, login))) return seeOther(ctx, ACCOUNT_PATH)
    show(ctx, 'account-records', { csrf: csrfOf(login), records: await recordsOf(login) })
  })

  form('/records', RECORDS_PATH, true, async (ctx, login) => {
    if (!login.vouchedFor) return ACCOUNT_PATH
    const outcome = await putOff.link(login.accountId, fields(ctx, 'record'))
    if (outcome === 'linked') return ACCOUNT_PATH
    ctx.status = 409
    show(ctx, 'linked-elsewhere', { accountUrl: ACCOUNT_PATH })
    return undefined
  })
}

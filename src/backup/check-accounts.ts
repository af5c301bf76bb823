import { customerKeyOf } from '#src/kernel/customer.ts'
import type { AccountSummary } from '#src/store/ports/accounts.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import type { AuditSummary } from './check-audit.ts'
import { checkLogins, checkSubjects } from './check-logins.ts'
import type { Findings } from './findings.ts'

const PAGE = 500

type Known = { readonly erased: ReadonlySet<string>; readonly audit: AuditSummary }

/** @returns how many subjects apps know it by */
const checkAccount = async (
  store: DurableStore,
  summary: AccountSummary,
  { audit }: Known,
  findings: Findings,
): Promise<number> => {
  const { accounts, linkChanges } = store
  const { id, identities, links, credentials } = summary
  let subjects = 0
  // A split that was undone leaves one behind.
  const isLeft = async () => (await linkChanges.list({ of: { accountId: id }, limit: 1 })).length > 0
  // One from before itsme has an identity from its first login there on.
  if (identities === 0 && credentials === 0 && !(await isLeft())) findings.add('accounts without an identity', id)
  let isTold = true
  try {
    const account = await accounts.find(id)
    if (account !== undefined) subjects = await checkSubjects(store, account, findings)
    // Of accounts that are older than what is left of the trail it does not tell how they began.
    isTold = (account?.createdAt ?? 0) >= audit.since
  } catch {
    findings.add('accounts whose claims do not open', id)
  }
  if (isTold && !audit.openings.has(id)) findings.add('accounts whose opening is not in the audit trail', id)
  try {
    const records = (await accounts.customersOf(id)).map(customerKeyOf)
    const told = audit.links.get(id) ?? new Set()
    const agree = records.length === links && records.length === told.size && records.every(key => told.has(key))
    if (isTold && !agree) findings.add('accounts whose links are not those of the audit trail', id)
  } catch {
    findings.add('accounts whose links do not open', id)
  }
  await checkLogins(store, summary, findings)
  return subjects
}

/** What is counted in all and account by account. */
const COUNTED = [
  ['identities', 'identities'],
  ['links', 'links'],
  ['credentials', 'logins from before itsme'],
  ['subjects', 'subjects at apps'],
] as const

/** Looks at every account, one page at a time. @returns how many there are */
export const checkAccounts = async (store: DurableStore, known: Known, findings: Findings): Promise<number> => {
  const seen = new Set<string>()
  const bound = { identities: 0, links: 0, credentials: 0, subjects: 0 }
  let after = ''
  for (;;) {
    const page = await store.accounts.survey({ after, limit: PAGE })
    const last = page.at(-1)
    if (last === undefined) break
    for (const summary of page) {
      seen.add(summary.id)
      bound.identities += summary.identities
      bound.links += summary.links
      bound.credentials += summary.credentials
      bound.subjects += await checkAccount(store, summary, known, findings)
    }
    after = last.id
  }
  const totals = { ...(await store.accounts.totals()), ...(await store.credentials.totals()) }
  for (const [what, words] of COUNTED)
    if (totals[what] !== bound[what]) findings.add(`${words} that belong to no account`)
  for (const id of known.erased) if (seen.has(id)) findings.add('erased accounts that are there', id)
  for (const id of known.audit.openings) {
    if (!seen.has(id) && !known.erased.has(id))
      findings.add('accounts that the audit trail knows and that are gone', id)
  }
  return seen.size
}

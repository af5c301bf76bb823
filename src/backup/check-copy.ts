import { openChain } from '#src/audit/create-audit-jobs.ts'
import { createChainMarks, findStart } from '#src/audit/marks.ts'
import { verifyTrail } from '#src/audit/watch.ts'
import type { KeyEncryption } from '#src/crypto/kek/port.ts'
import { openKeyring } from '#src/crypto/keyring/open-keyring.ts'
import { SHARED_KEY_NAMES } from '#src/crypto/keyring/shared-keys.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import { encryptDurable } from '#src/store/encrypted/encrypt-store.ts'
import type { Erasure } from '#src/store/ports/erasures.ts'
import type { DurableStore } from '#src/store/ports/store.ts'
import { checkAccounts } from './check-accounts.ts'
import { checkAudit } from './check-audit.ts'
import { createFindings, type Findings } from './findings.ts'
import { readErasures } from './ledger.ts'

/** What a copy holds, and what is wrong with it: whole is a copy without problems. */
export type CopyReport = {
  readonly accounts: number
  readonly identities: number
  readonly links: number
  readonly customers: number
  readonly events: number
  readonly erasures: number
  readonly problems: readonly string[]
}

/** A copy of the durable store, as it is stored. `integrity` tells what the database itself finds. */
type Copy = DurableStore & { integrity(): Promise<readonly string[]> }

const missingKeys = async ({ dataKeys }: DurableStore): Promise<readonly string[]> => {
  const wrapped = await Promise.all(SHARED_KEY_NAMES.map(name => dataKeys.find(name)))
  return SHARED_KEY_NAMES.filter((_, at) => wrapped[at] === undefined)
}

const checkOwnKeys = async ({ keys }: DurableStore, findings: Findings): Promise<void> => {
  for (const name of await keys.names('')) {
    await keys.find(name).catch(() => findings.add("PIAS's own keys do not open", name))
  }
}

/** What was not sealed yet when the copy was made still waits for it. */
const checkChain = async (store: DurableStore, findings: Findings): Promise<void> => {
  if ((await store.auditChain.head()) === undefined) return
  const { problems } = await verifyTrail(await openChain(store))
  for (const problem of problems) findings.add('the audit trail is not as it was written', problem)
}

const readLedger = async (store: DurableStore): Promise<ReadonlySet<string>> => {
  const erased = new Set<string>()
  for await (const { accountId } of readErasures(store.erasures)) erased.add(accountId)
  return erased
}

const NOTHING = { accounts: 0, identities: 0, links: 0, customers: 0, events: 0, erasures: 0 }

/**
 * Looks at a whole copy: its keys, every account with its identities, links and claims, every audit event, PIAS's own
 * keys, and whether what was erased is erased. Changes nothing.
 * @param deps.ledger erasures that were exported after the copy was made
 * @throws what the store and the key-encryption key throw when they are away; what does not open is a problem, not an error
 */
export const checkCopy = async (deps: {
  copy: Copy
  kek: KeyEncryption
  clock: Clock
  ledger?: readonly Erasure[]
}): Promise<CopyReport> => {
  const { copy, kek, clock, ledger = [] } = deps
  const damage = await copy.integrity()
  const missing = await missingKeys(copy)
  // Keys that are missing would be made anew, and nothing that the old ones sealed would ever open.
  if (missing.length > 0) {
    return { ...NOTHING, problems: [...damage, `data keys are missing: ${missing.join(', ')}`] }
  }
  const keyring = await openKeyring({ dataKeys: copy.dataKeys, kek, clock })
  try {
    const store = encryptDurable(copy, keyring)
    const findings = createFindings()
    const erased = await readLedger(store)
    await checkOwnKeys(store, findings)
    const { mark } = await findStart(store.auditChain, createChainMarks(store.keys).start)
    const audit = await checkAudit({ raw: copy.audit, audit: store.audit, dropped: mark.number > 0 }, findings)
    await checkChain(store, findings)
    const accounts = await checkAccounts(store, { erased, audit }, findings)
    for (const { accountId } of ledger) {
      if (!erased.has(accountId)) findings.add('erased after the copy was made (pias erasures replay)', accountId)
    }
    const { identities, links } = await store.accounts.totals()
    return {
      accounts,
      identities,
      links,
      customers: await store.customers.count(),
      events: audit.events,
      erasures: erased.size,
      problems: [...damage, ...findings.lines()],
    }
  } finally {
    keyring.lease.end()
  }
}

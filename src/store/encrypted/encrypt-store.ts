import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { DurableStore, ExpiringStore, Store } from '#src/store/ports/store.ts'
import { encryptAccounts } from './accounts.ts'
import { encryptArtifacts, encryptGrants } from './artifacts.ts'
import { encryptAttempts } from './attempts.ts'
import { createSealEvents, encryptAudit } from './audit.ts'
import { encryptClients } from './clients.ts'
import { encryptCredentials } from './credentials.ts'
import { encryptCustomers } from './customers.ts'
import { encryptKeys } from './keys.ts'
import { encryptLimits } from './limits.ts'
import { encryptLinkChanges } from './link-changes.ts'
import { encryptMessages } from './messages.ts'
import { encryptPasskeys } from './passkeys.ts'
import { encryptReviews } from './reviews.ts'
import { encryptRollouts } from './rollouts.ts'

/**
 * The half that lasts. Data keys are wrapped already, neither the ledger of erasures nor the logouts tell anything, and the
 * audit chain is about what is stored.
 */
export const encryptDurable = <Durable extends DurableStore>(store: Durable, keyring: Keyring): Durable => {
  const { sealers, index } = keyring
  const userCodeToken = index['artifact.user-code']
  return {
    ...store,
    accounts: encryptAccounts(store.accounts, keyring),
    audit: encryptAudit(store.audit, keyring),
    credentials: encryptCredentials(store.credentials, keyring),
    customers: encryptCustomers(store.customers, keyring),
    reviews: encryptReviews(store.reviews, keyring),
    passkeys: encryptPasskeys(store.passkeys, keyring),
    keys: encryptKeys(store.keys, sealers.keys),
    clients: encryptClients(store.clients, sealers.clients, createSealEvents(keyring)),
    rollouts: encryptRollouts(store.rollouts, keyring),
    linkChanges: encryptLinkChanges(store.linkChanges, keyring),
    grants: encryptGrants(store.grants, { name: 'grants', sealer: sealers.grants, userCodeToken }),
    messages: encryptMessages(store.messages, sealers.messages, index.message),
  }
}

const encryptExpiring = (store: ExpiringStore, { sealers, index }: Keyring): ExpiringStore => {
  const userCodeToken = index['artifact.user-code']
  return {
    artifacts: encryptArtifacts(store.artifacts, { name: 'artifacts', sealer: sealers.artifacts, userCodeToken }),
    attempts: encryptAttempts(store.attempts, sealers.attempts),
    limits: encryptLimits(store.limits, index.limit),
  }
}

/**
 * Wraps a store, whichever it is, so that nothing of a person reaches it in the plain: texts are sealed for the place they
 * are kept at, and what is looked up is a token. The ports stay what they are.
 * @see docs/decisions/0016-encryption-at-rest.md
 */
export const encryptStore = (store: Store, keyring: Keyring): Store => ({
  ...encryptDurable(store, keyring),
  ...encryptExpiring(store, keyring),
  ping: async () => {
    keyring.lease.check()
    await store.ping()
  },
  close: () => {
    keyring.lease.end()
    return store.close()
  },
})

import type { MongoStore } from '#src/store/mongo/open.ts'
import { changeLinks } from './change-links.ts'
import { useAccounts } from './use-accounts.ts'
import { useAudit } from './use-audit.ts'
import { useClients } from './use-clients.ts'
import { useCredentials } from './use-credentials.ts'
import { useCustomers } from './use-customers.ts'
import { useShortLived } from './use-short-lived.ts'

/** Every method of the store, those with several ways to go each of them. */
export const useEverything = async (store: MongoStore): Promise<void> => {
  // One after the other: some find what those before them left.
  const uses = [useAccounts, changeLinks, useCredentials, useShortLived, useClients, useAudit, useCustomers]
  for (const use of uses) await use(store)
  expect(await store.accounts.totals()).toMatchObject({ identities: expect.any(Number), links: expect.any(Number) })
  expect((await store.credentials.totals()).subjects).toBeGreaterThan(0)
  await store.ping()
}

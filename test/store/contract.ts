import type { Clock } from '#src/kernel/runtime.ts'
import type { DurableStore, ExpiringStore, Store } from '#src/store/ports/store.ts'
import { describeAccounts } from './contract/accounts.ts'
import { describeArtifacts, describeSeparation } from './contract/artifacts.ts'
import { describeAudit } from './contract/audit.ts'
import { describeAuditChain } from './contract/audit-chain.ts'
import { describeClients } from './contract/clients.ts'
import { describeConsents } from './contract/consents.ts'
import type { Context } from './contract/context.ts'
import { describeCredentials } from './contract/credentials.ts'
import { describeCustomers } from './contract/customers.ts'
import { describeDataKeys, describeErasing } from './contract/erasing.ts'
import { describeFunnel } from './contract/funnel.ts'
import { describeLinkChanges } from './contract/link-changes.ts'
import { describeLogouts } from './contract/logouts.ts'
import { describeMessages } from './contract/messages.ts'
import { describePasskeys } from './contract/passkeys.ts'
import { describeReviews } from './contract/reviews.ts'
import { describeRollouts } from './contract/rollouts.ts'
import { describeAttempts, describeKeys, describeLimits } from './contract/small-ports.ts'
import { createCallRecorder } from './record-calls.ts'

type Lifecycle = Pick<Store, 'ping' | 'close'>

/** A backend keeps all ports, or one half of them. */
type Backend = {
  all: Store
  durable: DurableStore & Lifecycle
  expiring: ExpiringStore & Lifecycle
}

const describeLifecycle = ({ store }: Context, ports: keyof Backend) => {
  test('answers a ping until it is closed, then says that it is unavailable', async () => {
    await store().ping()
    await store().close()
    const unavailable = { code: 'store.unavailable' }
    await expect(store().ping()).rejects.toMatchObject(unavailable)
    if (ports !== 'expiring') {
      await expect(store().keys.find('cookies')).rejects.toMatchObject(unavailable)
      await expect(store().keys.putIfAbsent('cookies', 'value')).rejects.toMatchObject(unavailable)
    }
    if (ports !== 'durable') await expect(store().limits.hit('k', 60)).rejects.toMatchObject(unavailable)
  })

  test('may be closed twice', async () => {
    await store().close()
    await expect(store().close()).resolves.toBeUndefined()
  })
}

const describePorts = (context: Context, ports: keyof Backend) => {
  if (ports !== 'expiring') {
    describeAccounts(context)
    describeAudit(context)
    describeAuditChain(context)
    describeCustomers(context)
    describeKeys(context)
    describeDataKeys(context)
    describeErasing(context)
    describeConsents(context)
    describeLinkChanges(context)
    describeCredentials(context)
    describePasskeys(context)
    describeLogouts(context)
    describeMessages(context)
    describeClients(context)
    describeRollouts(context)
    describeFunnel(context)
    describeReviews(context)
    describeArtifacts('grants', context)
  }
  if (ports !== 'durable') {
    describeArtifacts('artifacts', context)
    describeAttempts(context)
    describeLimits(context)
  }
  if (ports === 'all') describeSeparation(context)
  describeLifecycle(context, ports)
}

/**
 * What every backend must keep, whatever it runs on (src/store/ports). Call it at the top of a test file.
 * @param open opens an empty store that goes by the given clock; called before each test, closed after it
 * @param options.ports the half of a store that this backend is; by default all of it
 * @param options.elapse lets seconds pass for a backend whose server has a clock of its own
 */
export const describeStoreContract = <Ports extends keyof Backend = 'all'>(
  name: string,
  open: (deps: { clock: Clock }) => Promise<Backend[Ports]>,
  options: { ports?: Ports; elapse?: (seconds: number) => Promise<void> } = {},
): void => {
  describe(`the store contract on ${name}`, () => {
    const calls = createCallRecorder()
    let store: Store
    let now = 0

    beforeEach(async () => {
      // Ahead of every real clock: a server that clears away by its own time finds nothing expired.
      now = Date.parse('2036-11-22T12:00:00.123Z')
      // Of one half, only the tests of its ports run.
      store = calls.record(await open({ clock: () => now })) as unknown as Store
    })

    afterEach(() => store.close())

    const context: Context = {
      store: () => store,
      now: () => now,
      advance: async seconds => {
        now += seconds * 1000
        await options.elapse?.(seconds)
      },
    }

    describePorts(context, options.ports ?? 'all')

    // The last test of the suite: it looks back at what the others did.
    test('covers every method of every port', () => {
      expect(calls.known().length).toBeGreaterThan(0)
      expect(calls.uncalled()).toEqual([])
    })
  })
}

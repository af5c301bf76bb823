import type { Clock } from '#src/kernel/runtime.ts'
import type { Store } from '#src/store/ports/store.ts'
import { describeAccounts } from './contract/accounts.ts'
import { describeArtifacts } from './contract/artifacts.ts'
import { describeAudit } from './contract/audit.ts'
import type { Context } from './contract/context.ts'
import { describeCustomers } from './contract/customers.ts'
import { describeAttempts, describeKeys, describeLimits } from './contract/small-ports.ts'
import { createCallRecorder } from './record-calls.ts'

const describeLifecycle = ({ store }: Context) => {
  test('answers a ping until it is closed, then says that it is unavailable', async () => {
    await store().ping()
    await store().close()
    await expect(store().ping()).rejects.toMatchObject({ code: 'store.unavailable' })
    await expect(store().keys.find('cookies')).rejects.toMatchObject({ code: 'store.unavailable' })
    await expect(store().keys.putIfAbsent('cookies', 'value')).rejects.toMatchObject({ code: 'store.unavailable' })
    await expect(store().limits.hit('k', 60)).rejects.toMatchObject({ code: 'store.unavailable' })
  })

  test('may be closed twice', async () => {
    await store().close()
    await expect(store().close()).resolves.toBeUndefined()
  })
}

/**
 * What every backend must keep, whatever it runs on (src/store/ports). Call it at the top of a test file.
 * @param open opens an empty store that goes by the given clock; called before each test, closed after it
 */
export const describeStoreContract = (name: string, open: (deps: { clock: Clock }) => Promise<Store>): void => {
  describe(`the store contract on ${name}`, () => {
    const calls = createCallRecorder()
    let store: Store
    let now = 0

    beforeEach(async () => {
      now = Date.parse('2026-11-22T12:00:00.123Z')
      store = calls.record(await open({ clock: () => now }))
    })

    afterEach(() => store.close())

    const context: Context = {
      store: () => store,
      now: () => now,
      advance: seconds => {
        now += seconds * 1000
      },
    }

    describeAccounts(context)
    describeAudit(context)
    describeCustomers(context)
    describeKeys(context)
    describeArtifacts('grants', context)
    describeArtifacts('artifacts', context)
    describeAttempts(context)
    describeLimits(context)
    describeLifecycle(context)

    // The last test of the suite: it looks back at what the others did.
    test('covers every method of every port', () => {
      expect(calls.known().length).toBeGreaterThan(0)
      expect(calls.uncalled()).toEqual([])
    })
  })
}

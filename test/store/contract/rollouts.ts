import type { Json } from '#src/kernel/runtime.ts'
import { AWKWARD_IDS, type Context, race } from './context.ts'

/** The contract of `RolloutsPort`. */
export const describeRollouts = (context: Context): void => {
  const port = () => context.store().rollouts
  const put = (clientId: string, version: number, policy: Json = { killSwitch: true }, type = 'rollout.changed') =>
    port().put({ clientId, version, policy, at: 1000 + version, by: 'somebody', reason: 'a test' }, [
      { at: 1000 + version, type, clientId, data: { version } },
    ])

  describe('rollouts', () => {
    test('the newest version is in force, and all are kept', async () => {
      expect(await port().current('app')).toBeUndefined()
      expect(await port().history('app', 10)).toEqual([])
      for (let version = 1; version <= 11; version++) expect(await put('app', version, { step: version })).toBe(true)
      expect(await put('app', 12, null)).toBe(true)
      expect(await put('other', 1, { step: 0 })).toBe(true)
      expect(await port().current('app')).toEqual({
        clientId: 'app',
        version: 12,
        policy: null,
        at: 1012,
        by: 'somebody',
        reason: 'a test',
      })
      expect(await port().history('app', 2)).toMatchObject([{ version: 12 }, { version: 11, policy: { step: 11 } }])
      expect(await port().current('other')).toMatchObject({ version: 1, policy: { step: 0 } })
    })

    test('of parallel changes one becomes the next version, with its event', async () => {
      await put('app', 1)
      const won = await race(racer => put('app', 2, { racer }, `by-${racer}`))
      expect(won.filter(Boolean)).toHaveLength(1)
      const winner = won.indexOf(true)
      expect(await port().current('app')).toMatchObject({ version: 2, policy: { racer: winner } })
      const events = await context.store().audit.list({ after: 0, limit: 100 })
      expect(events.map(({ type }) => type)).toEqual(['rollout.changed', `by-${winner}`])
    })

    test('keep awkward ids apart', async () => {
      for (const id of AWKWARD_IDS) await put(id, 1, { id })
      for (const id of AWKWARD_IDS)
        expect(await port().history(id, 9)).toMatchObject([{ clientId: id, policy: { id } }])
    })
  })
}

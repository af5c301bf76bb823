import { AWKWARD_IDS, type Context, RACERS, race } from './context.ts'

/** The contract of `FunnelPort`. */
export const describeFunnel = (context: Context): void => {
  const port = () => context.store().funnel
  const counted = (day: string, step: string, count: number, clientId = 'app', method = 'itsme') => ({
    ...{ day, clientId, method, step, count },
  })

  describe('funnel', () => {
    test('adds up by app, day, method and step, and lists since a day', async () => {
      await port().add([counted('2026-11-01', 'started', 2), counted('2026-11-02', 'started', 3)])
      await port().add([
        counted('2026-11-02', 'linked', 1),
        counted('2026-11-02', 'started', 4),
        counted('2026-11-02', 'started', 1, 'app', 'password'),
        counted('2026-11-02', 'started', 9, 'other'),
      ])
      await port().add([])
      expect(await port().list('app', '2026-11-02')).toEqual([
        counted('2026-11-02', 'linked', 1),
        counted('2026-11-02', 'started', 7),
        counted('2026-11-02', 'started', 1, 'app', 'password'),
      ])
      expect(await port().list('app', '2026-11-01')).toHaveLength(4)
      expect(await port().list('nobody', '2026-11-01')).toEqual([])
    })

    test('of parallel counters none loses what another adds', async () => {
      await race(() => port().add([counted('2026-11-01', 'started', 1), counted('2026-11-01', 'linked', 2)]))
      expect(await port().list('app', '2026-11-01')).toEqual([
        counted('2026-11-01', 'linked', 2 * RACERS),
        counted('2026-11-01', 'started', RACERS),
      ])
    })

    test('keep awkward ids apart', async () => {
      await port().add(AWKWARD_IDS.map((id, at) => counted('2026-11-01', id, at + 1, id, id)))
      for (const [at, id] of AWKWARD_IDS.entries()) {
        expect(await port().list(id, '2026-11-01')).toEqual([counted('2026-11-01', id, at + 1, id, id)])
      }
    })
  })
}

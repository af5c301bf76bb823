import { AWKWARD_IDS, type Context, RACERS, race } from './context.ts'

/** The contract of `FunnelPort`. */
export const describeFunnel = (context: Context): void => {
  const port = () => context.store().funnel
  const counted = (day: string, step: string, count: number, clientId = 'app', method = 'itsme') => ({
    day,
    clientId,
    method,
    step,
    count,
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
      expect(await port().list(['app'], '2026-11-02')).toEqual([
        counted('2026-11-02', 'linked', 1),
        counted('2026-11-02', 'started', 7),
        counted('2026-11-02', 'started', 1, 'app', 'password'),
      ])
      expect(await port().list(['app'], '2026-11-01')).toHaveLength(4)
      expect(await port().list(['nobody'], '2026-11-01')).toEqual([])
    })

    test('tells all clients together, and the busiest', async () => {
      await port().add([
        counted('2026-11-01', 'started', 99, 'old'),
        counted('2026-11-02', 'started', 3),
        counted('2026-11-02', 'finished', 50),
        counted('2026-11-02', 'started', 4, 'other'),
        counted('2026-11-03', 'started', 2, 'third', 'password'),
      ])
      expect(await port().total('2026-11-02')).toEqual([
        { day: '2026-11-02', method: 'itsme', step: 'finished', count: 50 },
        { day: '2026-11-02', method: 'itsme', step: 'started', count: 7 },
        { day: '2026-11-03', method: 'password', step: 'started', count: 2 },
      ])
      expect(await port().busiest(['2026-11-02', '2026-11-03', '2026-11-04'], 2)).toEqual(['other', 'app'])
      expect(await port().busiest(['2026-11-01', '2026-11-02'], 1)).toEqual(['old'])
      expect(await port().busiest([], 2)).toEqual([])
      expect(await port().total('2026-11-04')).toEqual([])
    })

    test('lists several clients at once, and adds up what is busy on several days', async () => {
      const days = ['2026-11-01', '2026-11-02', '2026-11-03']
      await port().add(days.map(day => counted(day, 'started', 4, 'steady')))
      await port().add([counted('2026-11-02', 'started', 10, 'peak'), counted('2026-11-02', 'left', 99, 'unlucky')])
      expect(await port().busiest(days, 3)).toEqual(['steady', 'peak'])
      expect(await port().list(['steady', 'peak'], '2026-11-02')).toEqual([
        counted('2026-11-02', 'started', 10, 'peak'),
        counted('2026-11-02', 'started', 4, 'steady'),
        counted('2026-11-03', 'started', 4, 'steady'),
      ])
    })

    test('of parallel counters none loses what another adds', async () => {
      await race(() => port().add([counted('2026-11-01', 'started', 1), counted('2026-11-01', 'linked', 2)]))
      expect(await port().list(['app'], '2026-11-01')).toEqual([
        counted('2026-11-01', 'linked', 2 * RACERS),
        counted('2026-11-01', 'started', RACERS),
      ])
    })

    test('forgets what is before a day, so many at a time', async () => {
      const days = ['2026-11-01', '2026-11-02', '2026-11-03']
      await port().add(days.map(day => counted(day, 'started', 1)))
      // Each stands once for the app and once for all together.
      expect(await port().forget({ day: '2026-11-03', limit: 3 })).toBe(3)
      expect(await port().forget({ day: '2026-11-03', limit: 3 })).toBe(1)
      expect(await port().forget({ day: '2026-11-03', limit: 3 })).toBe(0)
      expect(await port().list(['app'], '2026-11-01')).toEqual([counted('2026-11-03', 'started', 1)])
      expect(await port().total('2026-11-01')).toHaveLength(1)
    })

    test('keep awkward ids apart', async () => {
      await port().add(AWKWARD_IDS.map((id, at) => counted('2026-11-01', id, at + 1, id, id)))
      for (const [at, id] of AWKWARD_IDS.entries()) {
        expect(await port().list([id], '2026-11-01')).toEqual([counted('2026-11-01', id, at + 1, id, id)])
      }
    })
  })
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFunnelRetention } from '#src/rollout/funnel-retention.ts'
import { openSqliteStore } from '#src/store/sqlite/open.ts'

test('counters go with the days that the audit trail is kept, however many there are', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pias-funnel-'))
  const clock = () => Date.UTC(2026, 10, 29, 12)
  const { funnel, close } = await openSqliteStore({ dataDir, clock })
  try {
    const counted = (day: string, clientId: string) => ({ day, clientId, method: 'itsme', step: 'started', count: 1 })
    const apps = Array.from({ length: 3000 }, (_, app) => `app-${app}`)
    await funnel.add(apps.map(id => counted('2026-10-29', id)))
    await funnel.add([counted('2026-10-30', 'app-1'), counted('2026-11-29', 'app-1')])
    await createFunnelRetention({ funnel, keepDays: 30, clock }).run()
    expect(await funnel.list(apps, '2000-01-01')).toEqual([
      counted('2026-10-30', 'app-1'),
      counted('2026-11-29', 'app-1'),
    ])
  } finally {
    await close()
    rmSync(dataDir, { recursive: true })
  }
})

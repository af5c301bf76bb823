import { measureRefusals } from '#bench/refusals/measure-refusals.ts'

test('refusals are timed at every endpoint that needs no login before, and each is one', async () => {
  const report = JSON.parse(await measureRefusals(['--json', '--times', '2', '--concurrency', '1']))
  expect(report.withinMs).toBe(200)
  const paths = report.rows.map(({ what }: { what: string }) => what.split(':')[0])
  expect([...new Set(paths)]).toEqual([
    '/auth',
    '/request',
    '/token',
    '/me',
    '/token/introspection',
    '/device/auth',
    '/session/end',
    '/callback/itsme',
    '/interaction',
    '/account',
  ])
  for (const row of report.rows) {
    expect(row).toEqual({
      what: expect.any(String),
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
      mostMs: expect.any(Number),
    })
  }
})

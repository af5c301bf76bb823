import { failedGates } from '#bench/admin/gates.ts'
import type { AdminCost } from '#bench/admin/measure-admin.ts'
import { parseAdminOptions } from '#bench/admin/options.ts'

test('a store with ten thousand apps and a million accounts, or what is asked for', () => {
  expect(parseAdminOptions([])).toMatchObject({ clients: 10_000, accounts: 1_000_000, backends: ['mongo-redis'] })
  const args = ['--clients', '200', '--accounts', '2000', '--backend', 'all', '--times', '5']
  expect(parseAdminOptions(args)).toMatchObject({ clients: 200, accounts: 2000, backends: ['sqlite', 'mongo-redis'] })
})

test.each([
  ['--backend', 'paper'],
  ['--clients', '10'],
  ['--accounts', 'many'],
  ['--times', '0'],
])('refuses %s %s', (option, value) => {
  expect(() => parseAdminOptions([option, value])).toThrow('Usage: node bench/run.ts admin')
})

test('the gates are on what the database does, and not on time', () => {
  const cost = (database: AdminCost['database']): AdminCost => ({
    side: 'api',
    of: 'showClient',
    what: 'a client',
    p50Ms: 1e6,
    p95Ms: 1e6,
    bytes: 1,
    ...(database && { database }),
  })
  const few = { commands: 5, keys: 3, documents: 3 }
  expect(failedGates([cost(undefined), cost(few)])).toEqual([])
  expect(failedGates([cost({ ...few, commands: 41 })])).toEqual(['api, a client: 41 commands, 40 at most'])
  const scans = failedGates([cost({ ...few, keys: 3000, documents: 100_000 })])
  expect(scans.map(gate => gate.includes('examined'))).toEqual([true, true])
})

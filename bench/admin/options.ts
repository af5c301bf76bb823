import { parseArgs } from 'node:util'
import { BACKENDS, type Backend } from '#bench/options.ts'
import { readValues } from '#bench/read-values.ts'

/** How the admin plane is measured. */
export type AdminOptions = {
  readonly json: boolean
  readonly backends: readonly Backend[]
  readonly clients: number
  readonly accounts: number
  /** Customer records beside them, in which people are looked for by name. */
  readonly records: number
  /** How often each request is sent. */
  readonly times: number
}

const USAGE = `Usage: node bench/run.ts admin [--json] [--clients 10000] [--accounts 1000000] [--records 100000] [--times 40]
                         [--backend ${BACKENDS.join('|')}|all]`

const { whole, choose } = readValues(USAGE)

/** Reads the command line behind `admin`. @throws Error with the usage when an option is unknown or malformed */
export const parseAdminOptions = (args: readonly string[]): AdminOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      clients: { type: 'string', default: '10000' },
      accounts: { type: 'string', default: '1000000' },
      records: { type: 'string', default: '100000' },
      times: { type: 'string', default: '40' },
      backend: { type: 'string', default: 'mongo-redis' },
    },
  })
  return {
    json: values.json,
    backends: choose('backend', values.backend, BACKENDS),
    clients: whole('clients', values.clients, 200),
    accounts: whole('accounts', values.accounts, 2000),
    records: whole('records', values.records, 1),
    times: whole('times', values.times, 5),
  }
}

import { parseArgs } from 'node:util'
import { BACKENDS, type Backend } from '#bench/options.ts'

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

const whole = (name: string, value: string, least: number): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < least)
    throw new Error(`--${name} must be a whole number from ${least}\n${USAGE}`)
  return number
}

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
  const backends = values.backend === 'all' ? BACKENDS : BACKENDS.filter(name => name === values.backend)
  if (backends.length === 0) throw new Error(`--backend ${values.backend}?\n${USAGE}`)
  return {
    json: values.json,
    backends,
    clients: whole('clients', values.clients, 200),
    accounts: whole('accounts', values.accounts, 2000),
    records: whole('records', values.records, 1),
    times: whole('times', values.times, 5),
  }
}

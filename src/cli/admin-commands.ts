import type { Command } from 'commander'
import { createAdmins } from '#src/admin/admins.ts'
import { type ApiDescription, clientTypes } from '#src/admin/client/client-types.ts'
import { adminOriginOf } from '#src/config/schema.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { withStore } from './offline.ts'
import type { Terminal } from './terminal.ts'

/**
 * `admin bootstrap`: makes the code that makes somebody an owner: the first one, or another when nobody can get in.
 * @throws PiasError `config.invalid` where there is no admin plane, and what the store throws
 */
const bootstrap = async (terminal: Terminal, { by }: { by: string }): Promise<void> => {
  const { admin } = terminal.loadConfig()
  if (admin === undefined) throw new PiasError('config.invalid', 'there is no admin plane: set PIAS_ADMIN_PORT')
  const code = await withStore({ terminal, dataDir: terminal.defaultDataDir }, store =>
    createAdmins({ ...store, clock: terminal.clock }).prepareBootstrap(by),
  )
  terminal.stdout.write(`${code}\n`)
  // For people: a program that reads the code wants nothing else.
  if (terminal.stderr.isTTY)
    terminal.stderr.write(`good once, for 15 minutes: log in at ${adminOriginOf(admin)} and enter it\n`)
}

/**
 * `admin client`: prints the types of a client, made of the description of the admin plane at an origin.
 * @throws PiasError `request.invalid` where none is described there
 */
const printClient = async (terminal: Terminal, origin: string): Promise<void> => {
  const answer = await fetch(new URL('/openapi.json', origin), { redirect: 'error' }).catch(() => undefined)
  if (answer?.ok !== true) throw new PiasError('request.invalid', `no description of an admin plane at ${origin}`)
  terminal.stdout.write(clientTypes((await answer.json()) as ApiDescription))
}

/** Adds what is about the admin plane. */
export const addAdminCommands = (program: Command, terminal: Terminal): void => {
  const admin = program.command('admin').description('who may administer PIAS, and by which operations')
  admin
    .command('client')
    .description('prints the types of a client in TypeScript, made of the description of the admin API')
    .argument('<origin>', 'where the admin plane is reached, such as http://localhost:3010')
    .action((origin: string) => printClient(terminal, origin))
  admin
    .command('bootstrap')
    .description('makes a code, good once, that makes whoever logs in an owner')
    .option('--by <name>', 'who, for the audit trail', terminal.operator)
    .action((options: { by: string }) => bootstrap(terminal, options))
}

import type { Command } from 'commander'
import { printQuickstarts } from './commands/client-quickstarts.ts'
import { addClientSecret, listClientSecrets, removeClientSecret } from './commands/client-secrets.ts'
import {
  createClient,
  exportClients,
  lintClientFile,
  listClients,
  planClients,
  setClientState,
  showClient,
  updateClient,
} from './commands/clients.ts'
import { runDoctor } from './commands/doctor.ts'
import { type InitialAccessTokenOptions, makeInitialAccessToken } from './commands/initial-access-token.ts'
import type { PreviewOptions } from './commands/preview-tokens.ts'
import { YES } from './confirm.ts'
import type { Terminal } from './terminal.ts'

/** Adds what is about the apps. */
export const addClientsCommands = (program: Command, terminal: Terminal): void => {
  const clients = program.command('clients').description('the apps that people log in to')
  clients
    .command('initial-access-token')
    .description('prints a token with which apps may register themselves, within a policy of the configuration')
    .requiredOption('--policy <name>', 'one of registration.policies')
    .option('--days <number>', 'how long it is good', '7')
    .action((options: InitialAccessTokenOptions) => makeInitialAccessToken(terminal, options))
  clients
    .command('quickstart')
    .description('prints code to begin with, filled in for an app')
    .argument('<client>', "the app's client_id")
    .option('--for <stack>', 'for one stack alone')
    .action((clientId: string, options: { for?: string }) => printQuickstarts(terminal, clientId, options.for))
  clients
    .command('preview-token')
    .description('prints what an app would get, without a login: for a synthetic persona, or masked for an account')
    .argument('<client>', "the app's client_id")
    .option('--account <id>', 'for this account, with personal data masked')
    .option('--scope <scope>', "what is asked for (default: all of the app's)")
    .option('--claims <json>', 'the claims parameter')
    .option('--resource <api>', 'with an access token for this API')
    .option('--acr <level>', 'of the login (default: the highest)')
    // It brings the whole of a node along, which no other command needs.
    .action(async (clientId: string, options: PreviewOptions) =>
      (await import('./commands/preview-tokens.ts')).previewTokens(terminal, clientId, options),
    )
  const secret = clients.command('secret').description('what an app proves itself with; two may be good at once')
  secret
    .command('add')
    .description('makes a secret beside the one there is, and prints it: it is kept nowhere')
    .argument('<client>', "the app's client_id")
    .option('--expires <days>', 'after so many days it is good for nothing')
    .action((clientId: string, options: { expires?: string }) => addClientSecret(terminal, clientId, options))
  secret
    .command('list')
    .description('prints the secrets by their ids: since when, until when, and when each was last used')
    .argument('<client>', "the app's client_id")
    .action((clientId: string) => listClientSecrets(terminal, clientId))
  secret
    .command('remove')
    .description('makes a secret good for nothing')
    .argument('<client>', "the app's client_id")
    .argument('<id>', "the secret's id, as list prints it")
    .option(...YES)
    .action((clientId: string, secretId: string, options: { yes?: true }) =>
      removeClientSecret(terminal, { clientId, secretId, ...options }),
    )
  addClientActs(clients, terminal)
}

/** What is done to apps of the store; those of files are changed in their files. */
const addClientActs = (clients: Command, terminal: Terminal): void => {
  const by = ['--by <name>', 'who does it', terminal.operator] as const
  clients
    .command('list')
    .description('prints all apps: id, state, who manages it, version, name')
    .option('--prefix <begin>', 'those whose id begins so')
    .option('--json', 'as JSON, one app a line')
    .action((options: { prefix?: string; json?: true }) => listClients(terminal, options))
  clients
    .command('show')
    .description('prints an app as JSON, with its secrets by id')
    .argument('<client>', "the app's client_id")
    .action((clientId: string) => showClient(terminal, clientId))
  clients
    .command('lint')
    .description('says what is wrong with metadata and what to do; exit code 2 for errors')
    .argument('<file>', 'JSON or YAML')
    .action((file: string) => lintClientFile(terminal, file))
  clients
    .command('create')
    .description('registers an app and prints its secret, once')
    .argument('<file>', 'its metadata, JSON or YAML')
    .option('--preset <kind>', 'web, spa, native, tv, machine or third-party: what the file leaves out')
    .option(...by)
    .action((file: string, options: { preset?: string; by: string }) => createClient(terminal, file, options))
  clients
    .command('update')
    .description('writes new metadata over those there are')
    .argument('<client>', "the app's client_id")
    .requiredOption('-f, --file <file>', 'its metadata, JSON or YAML')
    .option(...by)
    .action((clientId: string, options: { file: string; by: string }) => updateClient(terminal, clientId, options))
  for (const [name, state, description] of [
    ['disable', 'disabled', 'lets nobody log in by an app any more'],
    ['restore', 'active', 'lets people log in by an app again'],
  ] as const) {
    clients
      .command(name)
      .description(description)
      .argument('<client>', "the app's client_id")
      .option(...by)
      .action((clientId: string, options: { by: string }) => setClientState(terminal, clientId, { state, ...options }))
  }
}

/** Adds what is about a file of many apps. */
export const addPlanCommands = (program: Command, terminal: Terminal): void => {
  const prune = ['--prune', 'removes what an earlier file had and this one has not'] as const
  program
    .command('plan')
    .description('tells what a file of apps would change; exit code 0 for nothing, 2 for something')
    .requiredOption('-f, --file <file>', 'YAML or JSON: clients, a list of apps')
    .option(...prune)
    .option('--json', 'as JSON')
    .action((options: { file: string; prune?: true; json?: true }) =>
      planClients(terminal, { ...options, apply: false }),
    )
  program
    .command('apply')
    .description('registers and changes apps as a file says')
    .requiredOption('-f, --file <file>', 'YAML or JSON: clients, a list of apps')
    .option(...prune)
    .option('--json', 'as JSON')
    .option('--by <name>', 'who does it', terminal.operator)
    .action((options: { file: string; prune?: true; json?: true; by: string }) =>
      planClients(terminal, { ...options, apply: true }),
    )
  program
    .command('export')
    .description('prints the apps of the store as a file for plan and apply')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => exportClients(terminal, options))
  program
    .command('doctor')
    .description(
      'looks whether everything fits: issuer, proxy, certificate, cookies, clock, upstreams, store, keys; exit code 2 if not',
    )
    .option('--json', 'as JSON, one check a line')
    .action((options: { json?: true }) => runDoctor(terminal, options))
}

import type { Command } from 'commander'
import { answer } from './answer.ts'
import { listApis } from './commands/apis.ts'
import { exportClients, planClients } from './commands/client-plan.ts'
import { printQuickstarts } from './commands/client-quickstarts.ts'
import { addClientSecret, listClientSecrets, removeClientSecret } from './commands/client-secrets.ts'
import {
  createClient,
  lintClientFile,
  listClients,
  setClientState,
  showClient,
  updateClient,
} from './commands/clients.ts'
import { runDoctor } from './commands/doctor.ts'
import { type InitialAccessTokenOptions, makeInitialAccessToken } from './commands/initial-access-token.ts'
import type { PreviewOptions } from './commands/preview-tokens.ts'
import { YES } from './confirm.ts'
import { declare } from './declared.ts'
import type { ProcessTerminal } from './terminal.ts'

/** Adds what is about the apps. */
export const addClientsCommands = (program: Command, terminal: ProcessTerminal): void => {
  const clients = program.command('clients').description('the apps that people log in to')
  clients
    .command('initial-access-token')
    .description('prints a token with which apps may register themselves, within a policy of the configuration')
    .requiredOption('--policy <name>', 'one of registration.policies')
    .option('--days <number>', 'how long it is valid', '7')
    .action(answer(terminal, (options: InitialAccessTokenOptions) => makeInitialAccessToken(terminal, options)))
  clients
    .command('quickstart')
    .description('prints starter code, filled in for an app')
    .argument('<client>', "the app's client_id")
    .option('--for <stack>', 'for one stack only')
    .action(
      answer(terminal, (clientId: string, options: { for?: string }) =>
        printQuickstarts(terminal, clientId, options.for),
      ),
    )
  clients
    .command('preview-token')
    .description('prints what an app would get, without a login: for a synthetic persona, or masked for an account')
    .argument('<client>', "the app's client_id")
    .option('--account <id>', 'for this account, with personal data masked')
    .option('--scope <scope>', 'the scope to ask for (default: all the app may have)')
    .option('--claims <json>', 'the claims parameter')
    .option('--resource <api>', 'with an access token for this API')
    .option('--acr <level>', 'of the login (default: the highest)')
    // It brings the whole of a node along, which no other command needs.
    .action(
      answer(terminal, async (clientId: string, options: PreviewOptions) =>
        (await import('./commands/preview-tokens.ts')).previewTokens(terminal, clientId, options),
      ),
    )
  const secret = clients.command('secret').description('what an app proves itself with; two may be good at once')
  secret
    .command('add')
    .description('adds a secret beside the present ones and prints it, once: it is not kept')
    .argument('<client>', "the app's client_id")
    .option('--expires <days>', 'days after which it stops working')
    .action(
      answer(terminal, (clientId: string, options: { expires?: string }) =>
        addClientSecret(terminal, clientId, options),
      ),
    )
  declare(secret.command('list'), { lines: true })
    .description('prints the secrets by their ids: since when, until when, and when each was last used')
    .argument('<client>', "the app's client_id")
    .action(answer(terminal, (clientId: string) => listClientSecrets(terminal, clientId)))
  secret
    .command('remove')
    .description('revokes a secret')
    .argument('<client>', "the app's client_id")
    .argument('<id>', "the secret's id, as list prints it")
    .option(...YES)
    .action(
      answer(terminal, (clientId: string, secretId: string, options: { yes?: true }) =>
        removeClientSecret(terminal, { clientId, secretId, ...options }),
      ),
    )
  addClientActs(clients, terminal)
}

/** What is done to apps of the store; those of files are changed in their files. */
const addClientActs = (clients: Command, terminal: ProcessTerminal): void => {
  declare(clients.command('list'), { lines: true })
    .description('prints all apps: id, state, who manages it, version, name')
    .option('--prefix <start>', 'only those whose id starts with this')
    .action(answer(terminal, (options: { prefix?: string }) => listClients(terminal, options)))
  declare(clients.command('apis'), { lines: true })
    .description('prints the APIs of files: audience, format of tokens, scopes, name')
    .action(answer(terminal, () => listApis(terminal)))
  clients
    .command('show')
    .description('prints an app as JSON, with its secrets by id')
    .argument('<client>', "the app's client_id")
    .action(answer(terminal, (clientId: string) => showClient(terminal, clientId)))
  clients
    .command('lint')
    .description('says what is wrong with metadata and what to do; exit code 1 for errors')
    .argument('<file>', 'JSON or YAML')
    .action(answer(terminal, (file: string) => lintClientFile(terminal, file)))
  clients
    .command('create')
    .description('registers an app and prints its secret, once')
    .argument('<file>', 'its metadata, JSON or YAML')
    .option('--preset <kind>', 'web, spa, native, tv, machine or third-party: what the file leaves out')
    .action(answer(terminal, (file: string, options: { preset?: string }) => createClient(terminal, file, options)))
  clients
    .command('update')
    .description('replaces the metadata of an app')
    .argument('<client>', "the app's client_id")
    .requiredOption('-f, --file <file>', 'its metadata, JSON or YAML')
    .action(
      answer(terminal, (clientId: string, options: { file: string }) => updateClient(terminal, clientId, options)),
    )
  for (const [name, state, description] of [
    ['disable', 'disabled', 'stops logins at an app'],
    ['restore', 'active', 'lets people log in at an app again'],
  ] as const) {
    const command = clients
      .command(name)
      .description(description)
      .argument('<client>', "the app's client_id")
      .action(
        answer(terminal, (clientId: string, options: { yes?: true }) =>
          setClientState(terminal, clientId, { state, ...options }),
        ),
      )
    if (state === 'disabled') command.option(...YES)
  }
}

/** Adds what is about a file of many apps. */
export const addPlanCommands = (program: Command, terminal: ProcessTerminal): void => {
  const prune = ['--prune', 'removes what an earlier file had and this one does not'] as const
  declare(program.command('plan'), { pendingIsTwo: true })
    .description('shows what a file of apps would change; exit code 0 for nothing, 2 for something')
    .requiredOption('-f, --file <file>', 'YAML or JSON: clients, a list of apps')
    .option(...prune)
    .action(
      answer(terminal, (options: { file: string; prune?: true }) =>
        planClients(terminal, { ...options, apply: false }),
      ),
    )
  program
    .command('apply')
    .description('registers and changes apps as a file says')
    .requiredOption('-f, --file <file>', 'YAML or JSON: clients, a list of apps')
    .option(...prune)
    .option(YES[0], 'with --prune: removes without asking')
    .action(
      answer(terminal, (options: { file: string; prune?: true; yes?: true }) =>
        planClients(terminal, { ...options, apply: true }),
      ),
    )
  program
    .command('export')
    .description('prints the apps of the store as a file for plan and apply')
    .action(answer(terminal, () => exportClients(terminal)))
  declare(program.command('doctor'), { lines: true })
    .description(
      'checks that everything fits together: issuer, proxy, certificate, cookies, clock, upstreams, store, keys; exit code 1 if not',
    )
    .action(answer(terminal, () => runDoctor(terminal)))
}

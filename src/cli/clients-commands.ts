import type { Command } from 'commander'
import { addClientSecret, listClientSecrets, removeClientSecret } from './commands/client-secrets.ts'
import { type InitialAccessTokenOptions, makeInitialAccessToken } from './commands/initial-access-token.ts'
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
    .action((clientId: string, id: string) => removeClientSecret(terminal, clientId, id))
}

import type { Command } from 'commander'
import { answer } from './answer.ts'
import { addKekVersion, createKekFile, moveKek, rewrapKeys } from './commands/kek.ts'
import { keysRotate, keysStatus, keysWithdraw, SIGNING } from './commands/keys.ts'
import { YES } from './confirm.ts'
import type { ProcessTerminal } from './terminal.ts'

const addKekCommands = (program: Command, terminal: ProcessTerminal): void => {
  const kek = program.command('kek').description('the key-encryption key, which protects all others')
  kek
    .command('create')
    .description('creates a key file with a first version')
    .argument('<file>', 'where to write it: not beside the data')
    .action(answer(terminal, (file: string) => createKekFile(file)))
  kek
    .command('add-version')
    .description('adds a version to the configured file, which wraps from then on')
    .action(answer(terminal, () => addKekVersion(terminal)))
  kek
    .command('rewrap')
    .description('wraps all keys with the newest version; nodes keep running')
    .action(answer(terminal, () => rewrapKeys(terminal)))
  kek
    .command('move')
    .description(
      'wraps all keys with the configured key instead of another, such as Vault instead of a file; while no node runs',
    )
    .argument('<file>', 'the old `kek` setting as JSON')
    .option(...YES)
    .action(answer(terminal, (file: string, options: { yes?: true }) => moveKek(terminal, file, options)))
}

const addKeyRingCommands = (program: Command, terminal: ProcessTerminal): void => {
  const keys = program.command('keys').description('the keys PIAS signs with, and those others encrypt to')
  const ring = ['--keys <name>', 'which: "signing" for its tokens, or the id of an upstream', SIGNING] as const
  keys
    .command('status')
    .description('prints every key with its state: next, current or retired')
    .action(answer(terminal, () => keysStatus(terminal)))
  keys
    .command('rotate')
    .description('publishes the next keys, which take over by themselves')
    .option(...ring)
    .option('--now', 'uses them at once, if everybody has had time to see them')
    .option('--force', 'with --now: even if not')
    .option(...YES)
    .action(
      answer(terminal, (options: { keys: string; now?: true; force?: true; yes?: true }) =>
        keysRotate(terminal, options),
      ),
    )
  keys
    .command('withdraw')
    .description('withdraws a key that leaked: what it signed is no longer valid')
    .argument('<kid>', 'its id')
    .option(...ring)
    .option(...YES)
    .action(
      answer(terminal, (kid: string, options: { keys: string; yes?: true }) => keysWithdraw(terminal, kid, options)),
    )
}

/** Adds what is about the key that protects all others, and about the keys PIAS signs with. */
export const addKeyCommands = (program: Command, terminal: ProcessTerminal): void => {
  addKekCommands(program, terminal)
  addKeyRingCommands(program, terminal)
}

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
    .description('makes a file with a first version')
    .argument('<file>', 'where it belongs: not beside the data')
    .action(answer(terminal, (file: string) => createKekFile(file)))
  kek
    .command('add-version')
    .description('adds a version to the configured file; it counts for what is wrapped from then on')
    .action(answer(terminal, () => addKekVersion(terminal)))
  kek
    .command('rewrap')
    .description('lets the newest version wrap all keys; nodes go on undisturbed')
    .action(answer(terminal, () => rewrapKeys(terminal)))
  kek
    .command('move')
    .description('lets the configured key wrap what another one has, such as Vault what a file has; while no node runs')
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
    .option('--now', 'uses them at once, if everybody has had the time to see them')
    .option('--force', 'with --now: even if not')
    .option(...YES)
    .action(
      answer(terminal, (options: { keys: string; now?: true; force?: true; yes?: true }) =>
        keysRotate(terminal, options),
      ),
    )
  keys
    .command('withdraw')
    .description('takes a key that leaked away from everybody; what it signed is not verified any more')
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

import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { activateModel, findTrained, listActivations, listVersions, rollBackModel } from '#src/linking/stored-model.ts'
import { DEFAULT_MODEL } from '#src/matching/model.ts'
import type { Store } from '#src/store/ports/store.ts'

type Options = { readonly dataDir: string }

const IN_FORCE = 'in force on all nodes within a minute\n'

const note = ({ audit }: Store, terminal: Terminal, version: string, act: 'activated' | 'rolled back'): Promise<void> =>
  audit.append([{ at: terminal.clock(), type: 'matching.model', data: { version, act, by: 'command line' } }])

/** `matching models`: every version, when it was trained, and which one is in force. */
export const listModels = (terminal: Terminal, { dataDir }: Options): Promise<void> =>
  withStore({ terminal, dataDir }, async ({ keys }) => {
    const inForce = (await listActivations(keys)).at(-1)?.version ?? DEFAULT_MODEL.version
    for (const version of await listVersions(keys)) {
      const trained = await findTrained(keys, version)
      const at = trained === undefined ? 'set by hand' : new Date(trained.trainedAt).toISOString()
      terminal.stdout.write(`${version} ${at}${version === inForce ? ' in force' : ''}\n`)
    }
  })

/** `matching activate`: puts a version in force. Exit code 2 when there is no such version. */
export const activateMatching = (terminal: Terminal, { version, dataDir }: Options & { version: string }) =>
  withStore({ terminal, dataDir }, async store => {
    if (!(await activateModel(store.keys, { version, at: terminal.clock() })))
      return refuse(terminal, 'there is no such version: pias matching models tells which there are')
    await note(store, terminal, version, 'activated')
    terminal.stdout.write(IN_FORCE)
  })

/** `matching rollback`: puts the version in force that was before; at last the one set by hand. */
export const rollBackMatching = (terminal: Terminal, { dataDir }: Options): Promise<void> =>
  withStore({ terminal, dataDir }, async store => {
    const version = await rollBackModel(store.keys)
    await note(store, terminal, version, 'rolled back')
    terminal.stdout.write(`${version} is ${IN_FORCE}`)
  })

import { importAccounts } from '#src/accounts/credentials/import-accounts.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import { withStore } from '#src/cli/offline.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import { createProgress } from '#src/cli/progress.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { readLines } from '#src/customers/snapshot/read-lines.ts'
import { importLines, type OpenedInput, READ_BYTES } from './import-lines.ts'
import { createRejectsFile } from './rejects-file.ts'

export type ImportAccountsOptions = { readonly file: string; readonly rejects: string; readonly dataDir: string }

async function* counting(input: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    count(chunk.length)
    yield chunk
  }
}

const run = async (terminal: Terminal, options: ImportAccountsOptions, { input, bytes }: OpenedInput) => {
  const rejects = await createRejectsFile(options.rejects)
  const progress = createProgress(terminal, { label: 'importing', total: bytes })
  let read = 0
  const chunks = counting(input.createReadStream({ highWaterMark: READ_BYTES, autoClose: false }), length => {
    read += length
  })
  try {
    return await withStore({ terminal, dataDir: options.dataDir }, async store => {
      const { clock, operator: by } = terminal
      const counts = await importAccounts({
        ...store,
        lines: readLines(chunks),
        clock,
        newAccountId,
        rejects: rejects.add,
        onProgress: ({ lines }) => progress.update({ done: read, items: lines }),
      })
      await store.audit.append([{ at: clock(), type: 'accounts.imported', data: { by, ...counts } }])
      return counts
    })
  } finally {
    progress.stop()
    await rejects.close()
  }
}

/**
 * `accounts import`: brings in accounts from before itsme, beside nodes that run. Safe to run again, and after it was ended
 * in the middle.
 * @throws what the store throws, and file system errors of the rejects file
 */
export const importAccountsFile = (terminal: Terminal, options: ImportAccountsOptions): Promise<Outcome> =>
  importLines(terminal, options, async opened => ({ counts: await run(terminal, options, opened) }))

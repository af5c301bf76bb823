#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'

// Half a second less for each command; in a folder of this installation, where nobody else puts code. Nothing where it cannot be written.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'pias'))
const { loadConfig } = await import('#src/config/load.ts')
const { dataDirFromEnv } = await import('./data-dir.ts')
const { endWithReader } = await import('./end-with-reader.ts')
const { runCommand } = await import('./run-command.ts')

/** The user of this process; there need not be a name for it in a container. */
const operatorOf = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'operator'
  }
}

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

const terminal = {
  defaultDataDir: dataDirFromEnv(process.env),
  loadConfig: () => loadConfig({ env: process.env, root: process.cwd() }),
  operator: operatorOf(),
  clock: Date.now,
  input: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  setExitCode: (code: number) => {
    process.exitCode = code
  },
}
endWithReader(process)
await runCommand(terminal, process.argv.slice(2))

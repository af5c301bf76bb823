#!/usr/bin/env node
import { userInfo } from 'node:os'
import { loadConfig } from '#src/config/load.ts'
import { dataDirFromEnv } from './data-dir.ts'
import { failureLine } from './failure-line.ts'
import { createProgram } from './program.ts'

/** The user of this process; there need not be a name for it in a container. */
const operatorOf = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'operator'
  }
}

const program = createProgram({
  defaultDataDir: dataDirFromEnv(process.env),
  loadConfig: () => loadConfig({ env: process.env, root: process.cwd() }),
  operator: operatorOf(),
  clock: Date.now,
  stdout: process.stdout,
  stderr: process.stderr,
  setExitCode: code => {
    process.exitCode = code
  },
})

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`pias: ${failureLine(error)}\n`)
  process.exitCode = 1
}

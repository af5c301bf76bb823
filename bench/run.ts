/**
 * `npm run bench`: what a login and other operations cost PIAS on each store, beside frozen baselines measured in the
 * same run; `npm run bench -- matching`: what imports and decisions cost in a large customer base; `npm run bench --
 * admin`: what admins look at, among many apps and accounts; `npm run bench -- refusals`: how long it takes to refuse
 * hostile requests. See docs/benchmark.md.
 */
import { toAdminTable } from './admin/admin-table.ts'
import { parseAdminOptions } from './admin/options.ts'
import { runAdmin } from './admin/run-admin.ts'
import { toDecisionTable } from './decisions/decision-table.ts'
import { parseDecisionOptions } from './decisions/options.ts'
import { runDecisions } from './decisions/run-decisions.ts'
import { parseOptions } from './options.ts'
import { type ChildProcesses, createChildProcesses } from './processes/child-processes.ts'
import { measureRefusals } from './refusals/measure-refusals.ts'
import { toTable } from './report/table.ts'
import { runBenchmark } from './run-benchmark.ts'

const progress = (text: string): void => console.error(text)

const measureDecisions = async (children: ChildProcesses, args: readonly string[]): Promise<void> => {
  const options = parseDecisionOptions(args)
  const report = await runDecisions(children, options, progress)
  console.log(options.json ? JSON.stringify(report) : toDecisionTable(report))
  if (report.failed.length > 0) process.exitCode = 1
}

const measureAdminPlane = async (children: ChildProcesses, args: readonly string[]): Promise<void> => {
  const options = parseAdminOptions(args)
  const report = await runAdmin(children, options, progress)
  console.log(options.json ? JSON.stringify(report) : toAdminTable(report))
  if (report.failed.length > 0) process.exitCode = 1
}

const measureLogins = async (children: ChildProcesses, args: readonly string[]): Promise<void> => {
  const options = parseOptions(args)
  const report = await runBenchmark(children, options, progress)
  console.log(options.json ? JSON.stringify(report) : toTable(report))
  if (report.failed.length > 0) process.exitCode = 1
}

const main = async ([first, ...rest]: readonly string[]): Promise<void> => {
  const children = createChildProcesses()
  // Leaving is enough: the children and their files go with this process.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  try {
    if (first === 'matching') await measureDecisions(children, rest)
    else if (first === 'admin') await measureAdminPlane(children, rest)
    else if (first === 'refusals') console.log(await measureRefusals(rest))
    else await measureLogins(children, first === undefined ? [] : [first, ...rest])
  } catch (error) {
    progress(children.logTails())
    throw error
  } finally {
    await children.close()
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

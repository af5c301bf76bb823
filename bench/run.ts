/**
 * `npm run bench`: what a login and other operations cost PIAS on each store, beside frozen baselines measured in the
 * same run. See docs/benchmark.md.
 */
import { parseOptions } from './options.ts'
import { createChildProcesses } from './processes/child-processes.ts'
import { toTable } from './report/table.ts'
import { runBenchmark } from './run-benchmark.ts'

const progress = (text: string): void => console.error(text)

const main = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2))
  const children = createChildProcesses()
  // Leaving is enough: the children and their files go with this process.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  try {
    const report = await runBenchmark(children, options, progress)
    console.log(options.json ? JSON.stringify(report) : toTable(report))
  } catch (error) {
    progress(children.logTails())
    throw error
  } finally {
    await children.close()
  }
}

try {
  await main()
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

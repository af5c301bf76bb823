/**
 * `npm run bench`: CPU per login of PIAS and of the frozen baseline, in one run, as a ratio. See docs/benchmark.md.
 */
import { createChildProcesses } from './child-processes.ts'
import { parseOptions } from './options.ts'
import { createReport, toTable } from './report.ts'
import { measureRounds } from './rounds.ts'
import { startServers } from './servers.ts'

const progress = (text: string): void => console.error(text)

const main = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2))
  const children = createChildProcesses()
  // Leaving is enough: the children and their files go with this process.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  try {
    progress('starting the servers')
    const servers = await startServers(children, options)
    const found = await measureRounds(servers, options, progress)
    const report = createReport(found, options, servers.customerRecords)
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

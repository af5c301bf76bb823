import { cpus } from 'node:os'
import type { Backend } from '#bench/options.ts'
import type { ChildProcesses } from '#bench/processes/child-processes.ts'
import { createCalibration } from '#bench/report/statistics.ts'
import { openAdminSession } from './admin-session.ts'
import { failedGates } from './gates.ts'
import { type AdminCost, measureAdmin } from './measure-admin.ts'
import type { AdminOptions } from './options.ts'
import { startAdminPlane } from './start-admin-plane.ts'

/** What `npm run bench -- admin` found. `failed` names the gates that do not hold. */
export type AdminReport = {
  readonly node: string
  readonly cores: number
  readonly calibMicros: number
  readonly options: AdminOptions
  readonly rows: readonly { readonly backend: Backend; readonly costs: readonly AdminCost[] }[]
  readonly failed: readonly string[]
}

/** Fills each store, and asks a PIAS on it for everything that admins look at. */
export const runAdmin = async (
  children: ChildProcesses,
  options: AdminOptions,
  progress: (text: string) => void,
): Promise<AdminReport> => {
  const calibrate = createCalibration()
  const rows: { backend: Backend; costs: readonly AdminCost[] }[] = []
  for (const backend of options.backends) {
    const plane = await startAdminPlane(children, backend, options, progress)
    const session = await openAdminSession(plane, children.directory)
    rows.push({ backend, costs: await measureAdmin(plane, session, options.times, progress) })
  }
  const { version: node } = process
  const failed = rows.flatMap(({ backend, costs }) => failedGates(costs).map(gate => `${backend}, ${gate}`))
  return { node, cores: cpus().length, calibMicros: calibrate(), options, rows, failed }
}
